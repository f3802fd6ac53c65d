// Toasts: good news leaves by itself, trouble stays until dismissed. `showToast(text, level)` for other modules;
// the server may send one with the header `HX-Trigger: {"toast": {"text": …, "level": "success|error|warning|info"}}`.
import { each } from "./page.js";

const STAY = 6000;

function leave(toast) {
  if (!toast.matches(".toast--error, .toast--warning")) setTimeout(() => toast.remove(), STAY);
}

export function showToast(text, level = "info") {
  const toast = document.getElementById("toast-template").content.querySelector(`.toast--${level}`).cloneNode(true);
  toast.querySelector("p").textContent = text;
  document.getElementById("toasts").append(toast);
  leave(toast);
}

each(".toasts .toast", leave);
document.addEventListener("click", (event) => event.target.closest(".toast-close")?.closest(".toast").remove());
document.addEventListener("toast", (event) => showToast(event.detail.text, event.detail.level));
