// Due chips count down. The instant that counts is the server's: the page carries the server's "now" at rendering
// (`data-now` on <html>), and the visitor's clock only measures what has passed since.
//   data-due, data-soon   milliseconds since 1970
//   data-from             before this instant the chip shows a date, which needs no counting
import { each, say } from "./page.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
const STATES = ["soon", "late"];
const ICONS = { soon: "hourglass_bottom", late: "error" }; // as in web/words.py
let skew = 0; // server's clock minus the visitor's, in milliseconds

const serverNow = () => Date.now() + skew;

export function durationWords(seconds) {
  const d = Math.floor(seconds / DAY), h = Math.floor((seconds % DAY) / HOUR), m = Math.floor((seconds % HOUR) / MINUTE);
  if (d) return h ? say("d_h", { d, h }) : say("d", { d });
  if (h) return m ? say("h_m", { h, m }) : say("h", { h });
  if (seconds >= 5 * MINUTE) return say("m", { m });
  const s = Math.floor(seconds % MINUTE);
  if (m) return s ? say("m_s", { m, s }) : say("m", { m });
  return say("s", { s });
}

function lateWords(seconds) {
  return durationWords(seconds < MINUTE ? seconds : seconds - (seconds % MINUTE));
}

function paint(chip, now) {
  const due = Number(chip.dataset.due), soon = Number(chip.dataset.soon || due);
  const state = now >= due ? "late" : now >= soon ? "soon" : "";
  STATES.forEach((name) => {
    chip.classList.toggle(`chip--${name}`, name === state && !chip.classList.contains("due--plain"));
    chip.classList.toggle(`tone-${name}`, name === state && chip.classList.contains("due--plain"));
  });
  const text = now >= due
    ? say("late", { time: lateWords((now - due) / 1000) })
    : now < Number(chip.dataset.from || 0) ? null : say("left", { time: durationWords((due - now) / 1000) });
  const slot = chip.querySelector(".due-text");
  if (text !== null && slot.textContent !== text) slot.textContent = text;
  const icon = chip.querySelector(".icon");
  if (icon) {
    icon.hidden = !state;
    if (state && icon.textContent !== ICONS[state]) icon.textContent = ICONS[state];
  }
}

function tick() {
  const now = serverNow();
  document.querySelectorAll("[data-due]").forEach((chip) => paint(chip, now));
}

function agoWords(seconds) {
  const h = Math.floor(seconds / HOUR), m = Math.floor((seconds % HOUR) / MINUTE);
  return h ? say(m ? "ago_h_m" : "ago_h", { h, m }) : say("ago_m", { m });
}

/** Moments of today ("5 m ago") stay true while the page is open. */
function tickAgo() {
  const now = serverNow();
  document.querySelectorAll("time[data-ago]").forEach((element) => {
    const seconds = Math.max(0, (now - Date.parse(element.dateTime)) / 1000);
    if (seconds < MINUTE) element.textContent = say("just_now");
    else if (seconds < DAY) element.textContent = say("ago", { time: agoWords(seconds) });
  });
}

// A page taken from the browser's store is older than it looks: then the difference learned earlier holds.
const navigation = performance.getEntriesByType("navigation")[0];
const stored = navigation?.type === "back_forward" && sessionStorage.getItem("clock-skew");
const pageNow = Number(document.documentElement.dataset.now);
if (stored) skew = Number(stored);
else if (pageNow) skew = pageNow - (performance.timeOrigin + (navigation?.responseStart || performance.now()));
sessionStorage.setItem("clock-skew", String(skew));

// A part that comes anew says when the server made it, so that a page open for days keeps the server's time.
document.addEventListener("htmx:load", (event) => {
  const made = Number(event.target.dataset?.serverNow);
  if (made) skew = made - Date.now();
});
each("[data-due]", (chip) => paint(chip, serverNow()));
setInterval(tick, 1000);
setInterval(tickAgo, 20000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { tick(); tickAgo(); } });
