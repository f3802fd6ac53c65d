// Theme buttons (`data-theme-choice="auto|light|dark"` inside a form that works by itself) switch without a reload.
document.addEventListener("submit", (event) => {
  const choice = event.submitter?.dataset.themeChoice;
  if (!choice) return;
  event.preventDefault();
  const root = document.documentElement;
  if (choice === "auto") delete root.dataset.theme;
  else root.dataset.theme = choice;
  document.cookie = `theme=${choice}; path=/; max-age=31536000; samesite=lax`;
  document.querySelectorAll("[data-theme-choice]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  });
  document.dispatchEvent(new CustomEvent("theme-changed"));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  document.dispatchEvent(new CustomEvent("theme-changed"));
});
