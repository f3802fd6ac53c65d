// A request: the conversation begins at its end and stays where the reader left it; small helps.
import { each } from "./page.js";
import { showToast } from "./toast.js";
import "./quiet.js";

// `data-scroll-end`: what is newest lies at the end. After a swap of the same request both columns stay where they were.
let left = null;
const place = (box) => ({ top: box?.scrollTop || 0, isAtEnd: box ? box.scrollHeight - box.scrollTop - box.clientHeight < 48 : true });
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "detail") return;
  const detail = document.getElementById("detail");
  left = { number: detail.dataset.number, talk: place(detail.querySelector("[data-scroll-end]")), side: place(detail.querySelector(".detail-side")).top };
});
each("[data-scroll-end]", (talk) => {
  const detail = talk.closest("#detail");
  const isSame = left?.number === detail?.dataset.number;
  talk.scrollTop = isSame && !left.talk.isAtEnd ? left.talk.top : talk.scrollHeight;
  if (isSame) detail.querySelector(".detail-side").scrollTop = left.side;
  left = null;
});

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => showToast(copy.dataset.copied, "success"));
  if (event.target.closest("[data-print]")) print();
  const fill = event.target.closest("[data-fill]");
  if (fill) {
    const field = document.getElementById(fill.dataset.fill);
    field.value = fill.dataset.value;
    field.focus();
  }
  const clock = event.target.closest(".clock-open a");
  if (clock && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    window.htmx.ajax("GET", clock.href, { target: "#dialog-slot", swap: "innerHTML" });
  }
});
