// The bars of a week (`data-week`): drag to add, drag an edge to change, click to take away. The text fields beside them
// are the truth: every bar is drawn from its field, and a drag writes the field. Read and written as in
// `desk/calendars/hours.py`.
import { each } from "./page.js";

const DAY = 1440, STEP = 15;
const TIME = "(\\d{1,2})(?:[:.h]?(\\d{2}))?";
const INTERVAL = new RegExp(`^${TIME}\\s*(?:-|–|—|−|~|to|至|到)\\s*${TIME}$`, "i");

/** Opening and closing in minutes, a closing on the next day above 1440; null for what can't be read. */
export function read(text) {
  const plain = text.normalize("NFKC").trim();
  if (["", "-", "–", "—"].includes(plain)) return [];
  const found = plain.split(/[,;、\n]/).map((part) => part.trim()).filter(Boolean).map(interval);
  return found.includes(null) ? null : found.sort((a, b) => a[0] - b[0]);
}

function interval(text) {
  const found = INTERVAL.exec(text);
  if (!found) return null;
  const minute = (hour, rest) => Number(hour) * 60 + Number(rest || 0);
  const opening = minute(found[1], found[2]), closing = minute(found[3], found[4]);
  const isTime = opening < DAY && closing <= DAY && opening !== closing && Number(found[2] || 0) < 60 && Number(found[4] || 0) < 60;
  return isTime ? [opening, closing > opening ? closing : closing + DAY] : null;
}

export function write(intervals) {
  const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const rows = [...intervals].sort((a, b) => a[0] - b[0]);
  return rows.map(([opening, closing]) => `${clock(opening)}–${clock(closing > DAY ? closing - DAY : closing)}`).join(", ");
}

const met = new WeakSet(); // a page's own elements come by twice: with the page, and with htmx's first load

each("[data-week]", (section) => {
  if (met.has(section)) return;
  met.add(section);
  const rows = [...section.querySelectorAll("[data-day]")];
  const fields = rows.map((row) => row.querySelector("input"));
  const tracks = rows.map((row) => row.querySelector("[data-track]"));
  const undo = section.querySelector("[data-week-undo]");
  const done = []; // what the fields said before each drag or copy
  const week = () => fields.map((field) => read(field.value));

  /** What is drawn on a day: pieces of its own intervals, and what the night before carries over. */
  function segments(days, number) {
    const own = (days[number] || []).map(([a, b], index) => ({ a, b: Math.min(b, DAY), day: number, index, carried: false }));
    const before = (number + 6) % 7;
    const over = (days[before] || []).map(([, b], index) => ({ a: 0, b: b - DAY, day: before, index, carried: true })).filter((one) => one.b > 0);
    return [...over, ...own];
  }

  function draw() {
    const days = week();
    tracks.forEach((track, number) => {
      track.classList.toggle("is-unreadable", days[number] === null);
      if (days[number] === null) return; // the last that could be read stays, paler
      track.replaceChildren(...segments(days, number).map(({ a, b, carried }) => {
        const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        bar.setAttribute("class", carried ? "cal-seg cal-seg--carried" : "cal-seg");
        for (const [name, value] of Object.entries({ x: a, y: 0, width: b - a, height: 20 })) bar.setAttribute(name, value);
        return bar;
      }));
    });
  }

  const minuteAt = (track, event) => {
    const box = track.getBoundingClientRect();
    return Math.max(0, Math.min(DAY, ((event.clientX - box.left) / box.width) * DAY));
  };
  const snap = (minute) => Math.round(minute / STEP) * STEP;

  /** What lies under a place: an edge, the body of an interval, or nothing. */
  function under(days, number, minute, reach) {
    let near = null;
    for (const one of segments(days, number)) {
      for (const [side, at] of [["a", one.a], ["b", one.b]]) {
        const isReal = one.carried ? side === "b" : true;
        const off = Math.abs(minute - at);
        if (isReal && off <= Math.min(reach, (one.b - one.a) / 3 + 1) && (!near || off < near.off)) near = { ...one, what: "edge", side, off };
      }
    }
    if (near) return near;
    const body = segments(days, number).find(({ a, b }) => minute >= a && minute < b);
    return body ? { ...body, what: body.carried ? "carried" : "body" } : { what: "empty" };
  }

  /** How far the free time around a place reaches, leaving one interval out. */
  function room(days, number, minute, but = null) {
    const others = segments(days, number).filter((one) => !(but && one.day === but.day && one.index === but.index));
    return [
      Math.max(0, ...others.filter((one) => one.b <= minute).map((one) => one.b)),
      Math.min(DAY, ...others.filter((one) => one.a >= minute).map((one) => one.a)),
    ];
  }

  function set(number, intervals) {
    fields[number].value = write(intervals);
    draw();
  }
  function remember(before) {
    if (before.every((text, number) => text === fields[number].value)) return;
    done.push(before);
    undo.hidden = false;
    section.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function dragged(drag, minute) {
    const { days, number, held } = drag;
    if (held.what === "empty") {
      const [low, high] = room(days, number, drag.from);
      const [a, b] = [snap(Math.min(drag.from, minute)), snap(Math.max(drag.from, minute))];
      const added = [Math.max(low, a), Math.min(high, Math.max(b, a + STEP))];
      return set(number, added[1] > added[0] ? [...days[number], added] : days[number]);
    }
    const intervals = days[held.day].map((one) => [...one]);
    const one = intervals[held.index];
    if (held.side === "a") {
      const [low] = room(days, number, held.a, held);
      one[0] = Math.max(low, Math.min(snap(minute), Math.min(one[1], DAY) - STEP));
    } else if (held.carried) {
      const [, high] = room(days, number, held.b, held);
      one[1] = DAY + Math.max(0, Math.min(snap(minute), high));
    } else {
      const [, high] = room(days, number, held.b, held);
      one[1] = Math.min(high, Math.max(snap(minute), one[0] + STEP));
    }
    return set(held.day, intervals);
  }

  tracks.forEach((track, number) => {
    let drag = null;
    const reach = (event) => ((event.pointerType === "touch" ? 16 : 7) / track.getBoundingClientRect().width) * DAY;
    track.addEventListener("pointerdown", (event) => {
      const days = week();
      if (event.button || days.includes(null)) return;
      const minute = minuteAt(track, event);
      drag = { days, number, from: minute, x: event.clientX, moved: false, held: under(days, number, minute, reach(event)), before: fields.map((field) => field.value) };
      track.setPointerCapture(event.pointerId);
    });
    track.addEventListener("pointermove", (event) => {
      if (!drag) {
        const days = week();
        track.dataset.over = days.includes(null) ? "empty" : under(days, number, minuteAt(track, event), reach(event)).what;
        return;
      }
      drag.moved ||= Math.abs(event.clientX - drag.x) > 4;
      if (drag.moved && (drag.held.what === "edge" || drag.held.what === "empty")) dragged(drag, minuteAt(track, event));
    });
    track.addEventListener("pointerup", () => {
      if (!drag) return;
      const { held, moved, days, before } = drag;
      drag = null;
      if (!moved && held.what === "body") set(number, days[number].filter((_, index) => index !== held.index));
      remember(before);
    });
    track.addEventListener("pointercancel", () => {
      if (drag) fields.forEach((field, place) => { field.value = drag.before[place]; });
      drag = null;
      draw();
    });
  });

  section.addEventListener("input", draw);
  section.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy-day]");
    if (copy) {
      const from = rows.indexOf(copy.closest("[data-day]"));
      const to = { all: [0, 1, 2, 3, 4, 5, 6], workdays: [0, 1, 2, 3, 4], next: [(from + 1) % 7] }[copy.dataset.copyDay];
      const before = fields.map((field) => field.value);
      to.forEach((number) => { fields[number].value = fields[from].value; });
      draw();
      remember(before);
    }
    if (event.target.closest("[data-week-undo]")) {
      done.pop().forEach((text, number) => { fields[number].value = text; });
      undo.hidden = !done.length;
      draw();
      section.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  draw();
});
