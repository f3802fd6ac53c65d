// `<canvas data-chart="id">` drawn from the JSON in `<script type="application/json" id="id">`; colours come from the
// tokens, so a chart follows the theme. Chart.js itself is fetched only on pages that hold a chart.
import { each } from "./page.js";

const drawn = new Map();
let library;

function fetchLibrary(address) {
  library ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

// Canvas does not know light-dark(); a computed colour is what both understand.
function colour(canvas, token) {
  const probe = canvas.parentElement.appendChild(document.createElement("i"));
  probe.style.color = `var(${token})`;
  const value = getComputedStyle(probe).color;
  probe.remove();
  const dot = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  dot.fillStyle = value;
  dot.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = dot.getImageData(0, 0, 1, 1).data;
  return `rgba(${r}, ${g}, ${b}, ${a / 255})`;
}

/** The last value of each line, written at its end instead of a legend. */
const endLabels = {
  id: "endLabels",
  afterDatasetsDraw(chart, _, options) {
    if (chart.config.type !== "line") return;
    const { ctx } = chart;
    ctx.save();
    ctx.font = `600 11px ${options.font}`;
    ctx.textBaseline = "middle";
    const taken = [];
    chart.data.datasets.forEach((set, index) => {
      const points = chart.getDatasetMeta(index).data;
      const at = set.data.findLastIndex((value) => value !== null);
      if (at < 0 || !set.endLabel) return;
      let y = points[at].y;
      while (taken.some((other) => Math.abs(other - y) < 13)) y += 13;
      taken.push(y);
      ctx.fillStyle = set.labelColor;
      ctx.fillText(set.endLabel, points[at].x + 6, y);
    });
    ctx.restore();
  },
};

const ROW = 15, FREE_ROWS = 2; // the height of a line of text above the chart; so many lines take nothing from its bars

/** Where the names of upright lines go: each in the lowest line of text that is still free there, as many as it takes. */
function named(marks, ctx, left, right, xOf, apart = 8) {
  const ends = [];
  return [...marks].sort((a, b) => a.at - b.at).map((mark) => {
    const x = xOf(mark.at), width = ctx.measureText(mark.label).width;
    const start = Math.max(Math.min(x - width / 2, right - width), left);
    const free = ends.findIndex((end) => end + apart < start), row = free < 0 ? ends.length : free;
    ends[row] = start + width;
    return { ...mark, x, start, width, row };
  });
}

/** How many lines of text the names take; before the chart is laid out its left edge is a guess, hence the wider gap. */
function rowsOf(marks, font, width, bars, left = 36) {
  const ctx = document.createElement("canvas").getContext("2d");
  ctx.font = `600 11px ${font}`;
  return 1 + Math.max(-1, ...named(marks, ctx, left, width, (at) => left + (at / bars) * (width - left), 14).map((mark) => mark.row));
}

/** Upright lines with their names on top, at places counted in bars from the left edge (`marks`). */
const uprights = {
  id: "uprights",
  beforeLayout(chart, _, { marks, font }) {
    chart.options.layout.padding = { ...chart.options.layout.padding, top: 8 + ROW * rowsOf(marks, font, chart.width, chart.data.labels.length, chart.chartArea?.left) };
  },
  afterDatasetsDraw({ ctx, chartArea, scales }, _, { marks, font, ink }) {
    ctx.save();
    ctx.font = `600 11px ${font}`;
    ctx.textBaseline = "middle";
    const placed = named(marks, ctx, chartArea.left, chartArea.right, (at) => scales.x.getPixelForValue(at - 0.5));
    const yOf = (row) => chartArea.top - 8 - row * ROW;
    placed.forEach(({ x, row, strong }) => {
      ctx.strokeStyle = strong ? ink.text : ink.muted;
      ctx.setLineDash(strong ? [] : [4, 4]);
      ctx.beginPath();
      ctx.moveTo(x, yOf(row) + 7);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
    });
    // a line that passes a name further down is interrupted there
    placed.forEach(({ start, width, row, label, strong }) => {
      ctx.fillStyle = ink.surface;
      ctx.fillRect(start - 3, yOf(row) - 7, width + 6, 14);
      ctx.fillStyle = strong ? ink.text : ink.muted;
      ctx.fillText(label, start, yOf(row));
    });
    ctx.restore();
  },
};

/** Makes the box higher by the lines of text that the names of upright lines take beyond the usual. */
function makeRoom(canvas, marks, font, bars) {
  const box = canvas.parentElement;
  box.style.height = "";
  const more = rowsOf(marks, font, box.clientWidth, bars) - FREE_ROWS;
  if (more > 0) box.style.height = `${box.clientHeight + ROW * more}px`;
}

function draw(canvas) {
  drawn.get(canvas)?.destroy();
  const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const font = getComputedStyle(canvas).fontFamily, lang = document.documentElement.lang;
  const ink = { accent: colour(canvas, "--accent"), muted: colour(canvas, "--muted"), edge: colour(canvas, "--edge-strong"), line: colour(canvas, "--hairline"), raised: colour(canvas, "--raised"), surface: colour(canvas, "--surface"), text: colour(canvas, "--text"), late: colour(canvas, "--late") };
  const isBar = data.type === "bar";
  const number = new Intl.NumberFormat(lang, { maximumFractionDigits: data.digits ?? 1 });
  const show = (value) => (value === null ? "–" : number.format(value) + (data.unit || ""));
  const datasets = data.series.map((series, index) => {
    const main = index === 0, shade = main ? ink.accent : ink[series.tone] || ink.edge;
    const last = series.values.findLast((value) => value !== null);
    return { label: series.label, data: series.values, borderColor: shade, backgroundColor: shade, labelColor: main ? ink.accent : ink.muted, borderWidth: isBar ? 0 : main ? 2 : 1.25, pointRadius: series.values.length === 1 ? 3 : 0, pointHoverRadius: 4, tension: 0, borderRadius: isBar ? 3 : 0, maxBarThickness: 36, spanGaps: false, endLabel: isBar ? "" : main || data.series.length < 3 ? (main ? show(last ?? null) : series.label) : "" };
  });
  if (data.target !== undefined && data.target !== null) {
    datasets.push({ type: "line", label: data.target_label, data: data.labels.map(() => data.target), borderColor: ink.muted, borderDash: [4, 4], borderWidth: 1, pointRadius: 0, pointHoverRadius: 0, labelColor: ink.muted, endLabel: `${data.target_label} ${show(data.target)}` });
  }
  if (data.links) canvas.dataset.linked = "";
  const ruler = canvas.getContext("2d");
  ruler.font = `600 11px ${font}`;
  const room = isBar ? 0 : Math.max(...datasets.map((set) => ruler.measureText(set.endLabel).width)) + 10;
  const marks = data.marks || [];
  makeRoom(canvas, marks, font, data.labels.length);
  drawn.set(canvas, new window.Chart(canvas, {
    type: data.type,
    data: { labels: data.labels, datasets },
    plugins: marks.length ? [endLabels, uprights] : [endLabels],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, locale: lang, indexAxis: data.horizontal ? "y" : "x",
      layout: { padding: { right: room, top: 8 } },
      interaction: { mode: "index", intersect: false },
      onClick: (_, found) => { if (data.links && found.length) location.href = data.links[found[0].index]; },
      plugins: {
        legend: { display: isBar && data.series.length > 1, align: "start", position: marks.length ? "bottom" : "top", labels: { color: ink.muted, boxWidth: 10, boxHeight: 10, font: { family: font, size: 12 } } },
        tooltip: { backgroundColor: ink.raised, titleColor: ink.text, bodyColor: ink.text, borderColor: ink.line, borderWidth: 1, padding: 10, cornerRadius: 6, titleFont: { family: font }, bodyFont: { family: font }, boxPadding: 4, callbacks: { label: (item) => ` ${item.dataset.label} ${show(item.raw)}` } },
        endLabels: { font },
        uprights: { marks, font, ink },
      },
      scales: Object.fromEntries(["x", "y"].map((axis) => {
        const isValue = (axis === "y") !== Boolean(data.horizontal);
        return [axis, isValue
          ? { stacked: Boolean(data.stacked), beginAtZero: isBar || Boolean(data.zero), suggestedMin: data.min, suggestedMax: data.max, border: { display: false }, grid: { color: ink.line }, ticks: { color: ink.muted, maxTicksLimit: 5, precision: data.digits === 0 ? 0 : undefined, font: { family: font, size: 11 }, callback: (value) => show(value) } }
          : { stacked: Boolean(data.stacked), border: { color: ink.line }, grid: { display: false }, ticks: { color: ink.muted, maxRotation: 0, autoSkipPadding: 24, font: { family: font, size: 11 } } }];
      })),
    },
  }));
}

each("canvas[data-chart]", (canvas) => {
  Promise.all([fetchLibrary(canvas.dataset.library), document.fonts.ready]).then(() => { if (canvas.isConnected) draw(canvas); });
});
document.addEventListener("theme-changed", () => drawn.forEach((_, canvas) => canvas.isConnected ? draw(canvas) : drawn.delete(canvas)));
addEventListener("beforeprint", () => drawn.forEach((chart) => chart.resize()));
