// A form goes once: its button is held while the answer is on its way, and freed when the page comes back.
// `data-submit-many` on a form keeps it out (filters, searches).
const isHeld = (form) => form.dataset.sent === "yes";

function free(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.method === "get" || "submitMany" in form.dataset || event.submitter?.dataset.themeChoice) return;
  if (isHeld(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true"); // not `disabled`: its name and value belong to what is sent
}, true);
document.addEventListener("invalid", (event) => event.target.form && free(event.target.form), true);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) free(form);
});
addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(free); });
