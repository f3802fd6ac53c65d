// `data-draft-key` on a <textarea> or text <input>: what is typed survives a closed tab or a lost connection.
// The draft is kept in this browser only, and forgotten once the server has taken the text: htmx says so with a 2xx
// answer; a page without htmx says so by rendering `<meta name="draft-done" content="key">` or `data-draft-done="key"`.
import { each } from "./page.js";

const place = (key) => `draft:${key}`;
const store = {
  get: (key) => { try { return localStorage.getItem(place(key)); } catch { return null; } },
  set: (key, text) => { try { text ? localStorage.setItem(place(key), text) : localStorage.removeItem(place(key)); } catch { /* private mode: no drafts */ } },
};
const fieldsOf = (form) => [...(form?.querySelectorAll?.("[data-draft-key]") || [])];

each("[data-draft-done]", (element) => store.set(element.dataset.draftDone, ""));
each("[data-draft-key]", (field) => {
  const kept = store.get(field.dataset.draftKey);
  if (kept && !field.value) field.value = kept;
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      store.set(field.dataset.draftKey, field.value.trim() && field.value);
      field.form?.querySelector(".composer-saved")?.toggleAttribute("hidden", !field.value.trim());
    }, 300);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); field.form?.requestSubmit(); }
  });
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (event.detail.successful && event.detail.requestConfig?.verb !== "get") fieldsOf(form).forEach((field) => store.set(field.dataset.draftKey, ""));
});
