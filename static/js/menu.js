// <details class="menu">: one open at a time, closes on Escape, outside clicks and choice; arrows walk the items.
const open = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  open().forEach((menu) => {
    const chosen = event.target.closest("a.menu-item, button.menu-item");
    if (!menu.contains(event.target) || (chosen && menu.contains(chosen))) setTimeout(() => menu.removeAttribute("open"));
  });
});
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.menu[open]")) return;
  open().forEach((menu) => { if (menu !== event.target && !menu.contains(event.target)) menu.removeAttribute("open"); });
}, true);
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]") || [...open()].at(-1);
  if (!menu) return;
  if (event.key === "Escape") {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const items = [...menu.querySelectorAll(".menu-panel :is(a, button):not([aria-disabled=true])")];
  if (!items.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1, at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
});
