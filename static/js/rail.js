// The rail can be narrowed to icons; a cookie remembers, so the server draws it right from the start.
document.querySelector("[data-rail-toggle]")?.addEventListener("click", (event) => {
  const root = document.documentElement, narrow = root.dataset.rail !== "narrow";
  root.dataset.rail = narrow ? "narrow" : "wide";
  event.currentTarget.setAttribute("aria-expanded", String(!narrow));
  document.cookie = `rail=${narrow ? "narrow" : "wide"}; path=/; max-age=31536000; samesite=lax`;
});
