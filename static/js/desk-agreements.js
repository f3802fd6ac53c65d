// The editor of an agreement: rows are added, copied, moved and taken out in the page; the buttons do the same on the
// server where no script runs. What belongs to a row carries the row's key in its names and ids; the order of the hidden
// `row` fields is the order of the targets.
import "./quiet.js";

const editor = document.getElementById("editor");
const table = document.getElementById("targets");
let count = 0;
const fresh = () => `n${++count}`;

/** A copy of a template's first element of a kind, with its placeholders replaced. */
function made(template, selector, keys) {
  const copy = document.getElementById(template).content.querySelector(selector).cloneNode(true);
  rekey(copy, keys);
  return copy;
}

/** Puts other keys into the names, ids and values of an element and all it holds. */
function rekey(root, keys) {
  const attributes = ["name", "id", "for", "value", "data-key", "aria-describedby"];
  for (const element of [root, ...root.querySelectorAll("*")]) {
    for (const attribute of attributes) {
      if (!element.hasAttribute(attribute) || (attribute === "value" && !isOfRow(element))) continue;
      let text = element.getAttribute(attribute);
      for (const [from, to] of Object.entries(keys)) text = text.replaceAll(from, to);
      element.setAttribute(attribute, text);
    }
  }
}
const isOfRow = (element) => element.matches("input[type=hidden], button");

/** What was typed or chosen, for a copy, which a clone leaves out. */
function copyValues(from, to) {
  const fields = (root) => [...root.querySelectorAll("input:not([type=hidden]), select")];
  const targets = fields(to);
  fields(from).forEach((field, place) => {
    if (field.type === "checkbox") targets[place].checked = field.checked;
    else targets[place].value = field.value;
  });
}

function renumber() {
  table.querySelectorAll("[data-number]").forEach((cell, place) => { cell.firstChild.textContent = String(place + 1); });
  changed();
}

/** Tells the check that rows changed, and the page that there is something to lose. */
function changed() {
  editor.dataset.dirty = "";
  editor.dispatchEvent(new Event("rows"));
}

const rowOf = (element) => element.closest(".promise");

const acts = {
  addRow() {
    const last = table.querySelector(".promise:last-of-type");
    const row = made("new-target", ".promise", { __row__: fresh() });
    table.append(row);
    if (last) row.querySelector("select[name$=-calendar]").value = last.querySelector("select[name$=-calendar]").value;
    row.querySelector("select").focus();
    row.querySelectorAll(".rung-point").forEach(settlePoint);
    summarise(row);
    renumber();
  },
  copyRow(button) {
    const row = rowOf(button), copy = row.cloneNode(true);
    copyValues(row, copy);
    rekeyRow(copy, fresh());
    row.after(copy);
    copy.querySelector("select").focus();
    renumber();
  },
  removeRow(button) {
    const row = rowOf(button), next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    (next?.querySelector("[data-remove-row]") || editor.querySelector("[data-add-row]")).focus();
    renumber();
  },
  move(button, step = Number(button.dataset.move)) {
    const row = rowOf(button), other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other?.matches(".promise")) return;
    step < 0 ? other.before(row) : other.after(row);
    button.focus();
    row.scrollIntoView({ block: "nearest" });
    renumber();
  },
  addRung(button) {
    const row = rowOf(button);
    const rung = made("new-rung", ".rung", { __row__: row.dataset.key, __rung__: fresh() });
    row.querySelector(".rungs").append(rung);
    rung.querySelector("input[type=text]").focus();
    summarise(row);
    changed();
  },
  removeRung(button) {
    const row = rowOf(button);
    button.closest(".rung").remove();
    row.querySelector("[data-add-rung]").focus();
    summarise(row);
    changed();
  },
};

function rekeyRow(row, key) {
  const old = row.dataset.key;
  rekey(row, { [`promises-${old}-`]: `promises-${key}-`, [`rung-${old}`]: `rung-${key}` });
  row.dataset.key = key;
  row.querySelector("[name=row]").value = key;
  row.querySelectorAll("button[name=do]").forEach((button) => {
    button.value = button.value.replace(new RegExp(`:${old}(?=\\.|$)`), `:${key}`);
  });
}

/** What the folded part of a row says: its pauses and the points of its ladder. */
function summarise(row) {
  const text = (element) => element.selectedOptions[0]?.textContent || "";
  const pauses = [...row.querySelectorAll(".pauses input:checked")].map((box) => box.nextElementSibling.textContent);
  const points = [...row.querySelectorAll(".rung-point")].map((point) => {
    const [amount, when] = point.querySelectorAll("input, select");
    return `${when.value === "breach" ? "" : amount.value} ${text(when)}`.trim();
  });
  const put = (name, words) => {
    const place = row.querySelector(`[data-${name}]`);
    place.textContent = words.join(", ") || place.dataset.none || "";
  };
  put("pauses", pauses);
  put("ladder", points);
}

/** At the breach there is no number to write. */
function settlePoint(point) {
  const [amount, when] = point.querySelectorAll("input, select");
  amount.hidden = when.value === "breach";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !editor.contains(button)) return;
  const act = ["addRow", "copyRow", "removeRow", "move", "addRung", "removeRung"].find((name) => name in button.dataset);
  if (!act) return;
  event.preventDefault();
  acts[act](button);
});

editor.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const row = rowOf(event.target);
  if (step && event.altKey && row) {
    event.preventDefault();
    acts.move(event.target, step);
  }
  if (event.key === "Enter" && event.target.matches("[data-which] input")) {
    event.preventDefault(); // it asks, it does not save
    editor.dispatchEvent(new Event("rows"));
  }
});

editor.addEventListener("change", (event) => {
  const row = rowOf(event.target);
  if (row) summarise(row);
  const point = event.target.closest(".rung-point");
  if (point) settlePoint(point);
});
editor.addEventListener("input", (event) => { if (!event.target.closest("[data-which]")) editor.dataset.dirty = ""; });
table.querySelectorAll(".rung-point").forEach(settlePoint);

// The foot repeats what the check says.
document.addEventListener("htmx:afterSwap", (event) => {
  const says = event.target.querySelector?.("[data-check-says]");
  const summary = editor.querySelector("[data-check-summary]");
  if (!says || !summary) return;
  summary.lastElementChild.textContent = says.textContent;
  summary.classList.toggle("chip--soon", says.dataset.grave !== "0");
});

// Leaving with something typed and not saved is asked about by the browser.
editor.addEventListener("submit", () => { delete editor.dataset.dirty; });
addEventListener("beforeunload", (event) => { if ("dirty" in editor.dataset) event.preventDefault(); });
