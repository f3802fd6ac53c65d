// When an exchange fails the page stays as it is, and says so: nothing typed is lost.
import { say } from "./page.js";
import { showToast } from "./toast.js";

document.addEventListener("htmx:sendError", () => showToast(say("offline"), "error"));
document.addEventListener("htmx:timeout", () => showToast(say("offline"), "error"));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const text = event.detail.xhr.getResponseHeader("X-Message"); // a sentence for people, percent-encoded
  showToast(text ? decodeURIComponent(text) : say(status === 403 ? "forbidden" : status === 409 ? "conflict" : status < 500 ? "refused" : "broken"), "error");
});
// 409 and 422 bring the same form back with its errors in it: shown in place, no toast.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if ((xhr.status === 422 || xhr.status === 409) && xhr.responseText) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
let under = 0;
const mark = (step) => { under = Math.max(0, under + step); document.documentElement.classList.toggle("busy", under > 0); };
document.addEventListener("htmx:beforeRequest", () => mark(1));
document.addEventListener("htmx:afterRequest", () => mark(-1));
