// `data-dialog="id"` on a link or button opens that <dialog>; without scripts the link's own address does the work.
// `data-close` inside closes; so does a press on the ground behind. A dialog with `data-open` opens with the page.
import { each } from "./page.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    show(dialog);
    return;
  }
  if (event.target.closest("[data-close]")) {
    event.preventDefault();
    event.target.closest("dialog")?.close();
  }
});
// Only a press that both began and ended on the ground closes, so that selecting text past the edge does not.
let pressed = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; });
document.addEventListener("click", (event) => {
  if (event.target === pressed && event.target.matches?.("dialog.dialog[open]") && isOutside(event)) event.target.close();
});

function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/** Begins at what is to be filled in, not at the button that closes. */
function show(dialog) {
  if (dialog.open) return;
  dialog.showModal();
  const first = "[autofocus], .dialog-body :is(input:not([type=hidden]), select, textarea), .dialog-acts .button--primary";
  dialog.querySelector(first)?.focus();
}

each("dialog[data-open]", show);
