// The queue: a row opens beside the list where there is room, on a page of its own where there is not; the list refreshes
// itself without losing ticks, cursor or focus.
import { each } from "./page.js";
import "./quiet.js";

const roomy = matchMedia("(min-width: 1280px)");
const pane = () => document.getElementById("pane");

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-row-link]");
  if (!link) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) event.stopImmediatePropagation();
  else if (!roomy.matches) {
    event.preventDefault();
    event.stopImmediatePropagation();
    location.href = link.dataset.page;
  }
}, true);

function mark(number) {
  document.querySelectorAll("[data-row]").forEach((row) => row.classList.toggle("is-current", row.dataset.number === number));
  document.getElementById("desk")?.classList.toggle("split--open", Boolean(number));
}

const openNumber = () => pane()?.querySelector("#detail")?.dataset.number || "";

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close-pane]") || !pane()) return;
  event.preventDefault();
  const current = document.querySelector("[data-row].is-current [data-row-link]");
  pane().replaceChildren();
  mark("");
  const address = new URL(location.href);
  address.searchParams.delete("open");
  history.pushState(null, "", address);
  current?.focus();
});

// The list comes anew: what was ticked, where the cursor and the focus were is put back by number.
let before = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "rows") return;
  const ticked = [...document.querySelectorAll("#rows [data-row] :checked")].map((box) => box.value);
  before = { ticked, cursor: document.querySelector("[data-row].is-cursor")?.dataset.number, focus: document.activeElement?.id };
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "pane") mark(openNumber());
  if (event.detail.target?.id !== "rows" || !before) return;
  const { ticked, cursor, focus } = before;
  before = null;
  document.querySelectorAll("#rows [data-row]").forEach((row) => {
    row.querySelector("input[type=checkbox]").checked = ticked.includes(row.dataset.number);
    row.classList.toggle("is-cursor", row.dataset.number === cursor);
  });
  if (focus?.startsWith("row-")) document.getElementById(focus)?.focus({ preventScroll: true });
  if (openNumber()) mark(openNumber());
  if (ticked.length) recount();
});

function recount() {
  document.querySelector("#rows input[type=checkbox]")?.dispatchEvent(new Event("change", { bubbles: true }));
}
document.addEventListener("reset", (event) => { if (event.target.id === "queue-rows") setTimeout(recount); });

// The current view is in sight, also where the tabs do not all fit.
each("#queue-tabs", (tabs) => {
  const current = tabs.querySelector("[aria-current]");
  if (current) tabs.scrollLeft = Math.max(0, current.offsetLeft + current.offsetWidth - tabs.clientWidth + 24);
});

// On a phone the filters stand behind their button.
each(".filters", (filters) => { if (matchMedia("(max-width: 720px)").matches) filters.removeAttribute("open"); });
