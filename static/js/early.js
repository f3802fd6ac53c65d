// Runs before the first paint: scripts work, so what needs them may be shown.
document.documentElement.classList.add("js");
