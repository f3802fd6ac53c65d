// Keys that hold on every page: `/` and Ctrl K search, `?` the sheet of keys. Any element with
// `data-key="r"` is pressed (or focused, when it is a field) by its letter; `g q` style pairs are written `data-key="g q"`.
import { isTyping } from "./page.js";

let before = "";

document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-search]");
  if (search && event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    search.select();
    return;
  }
  if (event.key === "Escape" && event.target.matches?.("[data-search]")) event.target.blur();
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(before)} ${CSS.escape(event.key)}"]`) || document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  before = event.key;
  setTimeout(() => { before = ""; }, 1000);
  if (!target || target.disabled) return;
  event.preventDefault();
  if (target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) target.focus();
  else { target.click(); if (target.matches("[type=radio]")) target.form?.querySelector("textarea")?.focus(); }
});
