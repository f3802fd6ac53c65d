// `data-tabs` on a row of `a.tab[href="#panel"]`: shows one panel at a time. Without scripts all panels stand below
// one another and the tabs are links to them.
import { each } from "./page.js";

each("[data-tabs]", (row) => {
  const tabs = [...row.querySelectorAll('a.tab[href^="#"]')];
  const panel = (tab) => document.getElementById(tab.hash.slice(1));
  const show = (chosen) => tabs.forEach((tab) => {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    panel(tab).hidden = tab !== chosen;
  });
  row.setAttribute("role", "tablist");
  tabs.forEach((tab) => {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", tab.hash.slice(1));
    panel(tab).setAttribute("role", "tabpanel");
    tab.addEventListener("click", (event) => { event.preventDefault(); show(tab); history.replaceState(null, "", tab.hash); });
  });
  row.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    show(next);
    next.focus();
  });
  show(tabs.find((tab) => tab.hash === location.hash) || tabs[0]);
});
