// `data-file-picker` around a file input: list with previews, take back, drop, paste, a word when a file is too big.
import { each, say } from "./page.js";

each("[data-file-picker]", (picker) => {
  if (picker.dataset.ready) return;
  picker.dataset.ready = "yes";
  const input = picker.querySelector("input[type=file]");
  const list = picker.querySelector(".file-list") || picker.closest("form").querySelector(".file-list");
  const drop = picker.querySelector(".file-drop");
  const most = Number(picker.dataset.maxBytes || 0);
  let chosen = [];

  const keep = (files) => {
    const box = new DataTransfer();
    files.forEach((file) => box.items.add(file));
    input.files = box.files;
    chosen = files;
    list.replaceChildren(...files.map(row));
    const tooBig = most && files.some((file) => file.size > most);
    input.setCustomValidity(tooBig ? say("too_big", { limit: sizeWords(most) }) : "");
  };
  const add = (files) => keep(input.multiple ? [...chosen, ...files] : [...files].slice(-1));
  const row = (file) => {
    const item = document.getElementById("file-template").content.firstElementChild.cloneNode(true);
    const tooBig = most && file.size > most;
    item.classList.toggle("is-too-big", Boolean(tooBig));
    item.querySelector(".file-name").textContent = file.name;
    item.querySelector(".file-size").textContent = tooBig ? say("too_big", { limit: sizeWords(most) }) : sizeWords(file.size);
    if (file.type.startsWith("image/")) {
      const picture = new Image();
      picture.alt = "";
      picture.src = URL.createObjectURL(file);
      picture.onload = () => URL.revokeObjectURL(picture.src);
      item.querySelector(".icon").replaceWith(picture);
    }
    item.querySelector("button").addEventListener("click", () => keep(chosen.filter((other) => other !== file)));
    return item;
  };

  input.addEventListener("change", () => add([...input.files]));
  input.form?.addEventListener("reset", () => keep([]));
  const zone = picker.closest(".composer") || picker;
  zone.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
  zone.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("is-over"); add([...event.dataTransfer.files]); });
  input.form?.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (files.length) { event.preventDefault(); add(files); }
  });
});

function sizeWords(bytes) {
  const [value, unit] = bytes < 1024 * 1024 ? [Math.max(1, bytes / 1024), "KB"] : [bytes / 1024 / 1024, "MB"];
  return `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: unit === "MB" ? 1 : 0 }).format(value)} ${unit}`;
}
