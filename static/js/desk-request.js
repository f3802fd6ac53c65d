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
  const wanted = location.hash && document.getElementById(location.hash.slice(1));
  if (!isSame && wanted && talk.contains(wanted)) reveal(wanted);
  else talk.scrollTop = isSame && !left.talk.isAtEnd ? left.talk.top : talk.scrollHeight;
  if (isSame) detail.querySelector(".detail-side").scrollTop = left.side;
  left = null;
});

// `a[data-event="m12"]` leads to an event of the conversation: in this page, out of the dialog that it stands in.
function reveal(entry) {
  entry.closest("details")?.setAttribute("open", "");
  entry.scrollIntoView({ block: "center" });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-event]");
  const entry = link && document.querySelector(".timeline")?.querySelector(`#${CSS.escape(link.dataset.event)}`);
  if (!entry || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("dialog")?.close();
  location.hash = link.dataset.event;
  reveal(entry);
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
