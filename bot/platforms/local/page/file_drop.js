import { make } from "./make.js";

// Lets files be dropped anywhere on a part of the page.
export function acceptDrops(area, accept) {
  const veil = make("p", { class: "drop-veil", "aria-hidden": "true" }, "Drop it here to attach it");
  const carriesFiles = (event) => event.dataTransfer.types.includes("Files");

  area.append(veil);
  area.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    area.classList.add("dropping");
  });
  area.addEventListener("dragleave", (event) => {
    if (!area.contains(event.relatedTarget)) area.classList.remove("dropping");
  });
  area.addEventListener("drop", (event) => {
    area.classList.remove("dropping");
    if (!carriesFiles(event)) return;
    event.preventDefault();
    accept(event.dataTransfer.files);
  });
}
