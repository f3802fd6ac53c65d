// Wording of notices: a placeholder goes where the person writes, or was writing last.
import "./quiet.js";

const form = document.getElementById("wording");
let last = form.querySelector("textarea");
form.addEventListener("focusin", (event) => {
  if (event.target.matches("input[type=text], textarea")) last = event.target;
});
form.addEventListener("click", (event) => {
  const name = event.target.closest("[data-insert]");
  if (!name) return;
  last.setRangeText(name.dataset.insert, last.selectionStart, last.selectionEnd, "end");
  last.focus();
  last.dispatchEvent(new Event("input", { bubbles: true }));
});
