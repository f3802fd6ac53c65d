// `data-rows` around elements with `data-row`: j and k walk, Enter opens the row's first link, x ticks its box.
// Ticked rows show `data-selection-bar` (inside or beside the list), whose `data-selection-count` says how many.
import { isTyping } from "./page.js";

const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
const current = () => document.querySelector("[data-row].is-cursor") || document.querySelector("[data-row].is-current");

function moveTo(row) {
  document.querySelectorAll("[data-row].is-cursor").forEach((other) => other.classList.remove("is-cursor"));
  row.classList.add("is-cursor");
  row.scrollIntoView({ block: "nearest" });
  link(row)?.focus({ preventScroll: true });
}

const link = (row) => row.querySelector("a[data-row-link]") || row.querySelector("a[href]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const all = rows(), row = current(), at = all.indexOf(row);
  if (!all.length) return;
  if (event.key === "j") moveTo(all[Math.min(at + 1, all.length - 1)]);
  else if (event.key === "k") moveTo(all[Math.max(at - 1, 0)]);
  else if (event.key === "x" && row) row.querySelector("input[type=checkbox]")?.click();
  else if (event.key === "Enter" && row && !event.target.closest("a, button, summary, label")) link(row)?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-rows]");
  if (!list || event.target.type !== "checkbox") return;
  if ("selectAll" in event.target.dataset) list.querySelectorAll("[data-row] input[type=checkbox]").forEach((box) => { box.checked = event.target.checked; });
  const count = list.querySelectorAll("[data-row] input[type=checkbox]:checked").length;
  document.querySelectorAll("[data-selection-bar]").forEach((bar) => { bar.hidden = count === 0; });
  document.querySelectorAll("[data-selection-count]").forEach((place) => { place.textContent = new Intl.NumberFormat(document.documentElement.lang).format(count); });
});
