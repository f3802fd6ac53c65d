// Pages of working calendars: the week that is dragged, rows that come and go, days that say what they are when touched.
import { each } from "./page.js";
import "./quiet.js";
import "./desk-calendars-week.js";

// A page's own elements come by twice: with the page, and with htmx's first load.
const known = new WeakSet();
const isKnown = (element) => known.has(element) || !known.add(element);

// Rows of own days (`data-own-days`). The form counts its rows, so a removed row stays, ticked and out of sight.
each("[data-own-days]", (section) => {
  if (isKnown(section)) return;
  const list = section.querySelector("[data-rows-of]");
  const total = section.querySelector(`[name="${list.dataset.rowsOf}-TOTAL_FORMS"]`);
  const isRemoved = (row) => row.querySelector("[name$=-DELETE]").checked;
  list.querySelectorAll("[data-row-of-form]").forEach((row) => { row.hidden = isRemoved(row) || "emptyRow" in row.dataset; });

  const fresh = () => {
    const spare = list.querySelector("[data-empty-row]");
    if (spare) { delete spare.dataset.emptyRow; spare.hidden = false; return spare; }
    const box = document.createElement("div");
    box.innerHTML = section.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    list.append(box.firstElementChild);
    return list.lastElementChild;
  };
  section.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-row]")) fresh().querySelector("[name$=-day]").focus();
    const row = event.target.closest("[data-remove-row]")?.closest("[data-row-of-form]");
    if (!row) return;
    const next = row.nextElementSibling?.querySelector("[data-remove-row]") || section.querySelector("[data-add-row]");
    row.querySelector("[name$=-DELETE]").checked = true;
    row.hidden = true;
    next.focus();
    section.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

// Leaving a draft (`data-guard`) with something typed and not saved asks first, and says so beside the button.
each("[data-guard]", (form) => {
  if (isKnown(form)) return;
  let unsaved = false;
  const mark = (is) => { unsaved = is; form.querySelector("[data-unsaved]").hidden = !is; };
  form.addEventListener("input", () => mark(true));
  form.addEventListener("change", () => mark(true));
  document.addEventListener("submit", (event) => { if (event.target === form || "unguards" in event.target.dataset) mark(false); });
  form.addEventListener("keydown", (event) => { // Enter in the trial asks; it does not save
    if (event.key !== "Enter" || !event.target.closest("[data-asks]")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  if (form.querySelector(".notice--late, .notice--soon")) mark(true); // it came back unsaved
});

// A list that was opened or folded stays so when the year beside it is drawn anew.
const folds = new Map();
document.addEventListener("toggle", (event) => { if ("stays" in event.target.dataset) folds.set(event.target.className, event.target.open); }, true);
each("[data-stays]", (fold) => { if (folds.has(fold.className)) fold.open = folds.get(fold.className); });

// A finger on a day of the year shows what it is (css) and stays where it is; a mouse or the keyboard goes to the list.
let touched = false;
document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; }, true);
document.addEventListener("click", (event) => {
  const day = event.target.closest("a[data-said]");
  if (!day || !touched) return;
  event.preventDefault();
  day.focus({ preventScroll: true });
});
