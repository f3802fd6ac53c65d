// The pages about how service levels stand: a choice that sends its form, printing, and the wall, which reads itself anew
// without losing focus (htmx finds it by id) or scroll.
import "./quiet.js";

document.addEventListener("change", (event) => { if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit(); });
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });

const isWall = (event) => event.target?.id === "wall";
const away = (is) => { const notice = document.getElementById("wall-away"); if (notice) notice.hidden = !is; };

// Where somebody has scrolled a part of the wall, it stays.
let scrolled = {};
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isWall(event)) return;
  // An answer that is no wall is the sign-in page: the session has ended.
  if (!event.detail.xhr.responseText.includes('id="wall"')) {
    event.detail.shouldSwap = false;
    location.reload();
    return;
  }
  document.querySelectorAll("#wall [data-keep-scroll]").forEach((box) => { scrolled[box.id] = box.scrollLeft; });
});
document.addEventListener("htmx:afterSwap", () => {
  const wall = document.getElementById("wall");
  if (!wall) return;
  Object.entries(scrolled).forEach(([id, left]) => { const box = document.getElementById(id); if (box) box.scrollLeft = left; });
  scrolled = {};
  // Spoken only when it says something new.
  const said = document.getElementById("wall-said");
  if (said.textContent !== wall.dataset.said) said.textContent = wall.dataset.said;
  away(false);
});

// `js/quiet.js` keeps these from the page's own complaint; here they are heard before that.
["sendError", "timeout", "responseError"].forEach((name) => addEventListener(`htmx:${name}`, (event) => { if (isWall(event)) away(true); }, true));
