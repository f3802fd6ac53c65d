// Asking a what-if: choosing another version shows its targets at once; days are asked for only where they matter.
const pick = document.querySelector("select[data-go]");
pick?.addEventListener("change", () => pick.form.submit());

const days = document.querySelector(".replay-days");
const period = document.querySelector("select[name=period]");
function look() {
  days.hidden = period.value !== "own";
}
if (days && period) {
  period.addEventListener("change", look);
  look();
}
