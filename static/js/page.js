// Helpers that several behaviours share: reach every element now and after each swap; the page's words.

/** Calls `act` for each element matching `selector`, now and whenever htmx brings in new ones. */
export function each(selector, act) {
  const run = (root) => {
    if (root.matches?.(selector)) act(root);
    root.querySelectorAll?.(selector).forEach(act);
  };
  run(document);
  document.addEventListener("htmx:load", (event) => run(event.target));
}

/** Words rendered by the server in the reader's language (`web/words.py`), with `%(name)s` places. */
export const words = JSON.parse(document.getElementById("words")?.textContent || "{}");

export function say(key, values = {}) {
  return (words[key] || key).replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

/** Whether the person is typing, so that single letters are text and not commands. */
export function isTyping(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}
