// Pictures and files that came with a message.
import { fileAddress } from "./api.js";
import { drawIcon } from "./icons.js";
import { make, words } from "./make.js";
import { dialogFrame, present } from "./modal.js";

export function drawFiles(files) {
  if (!files.length) return null;
  return make("div", { class: "files" }, files.map((file) =>
    file.media_type.startsWith("image/") ? drawPicture(file) : drawDownload(file)));
}

export function sizeInWords(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

// A real link, so it can also be opened in a new tab or saved; a plain click stays in the page.
function drawPicture(file) {
  const picture = make("img", { src: fileAddress(file), alt: file.alt || file.name, loading: "lazy" });
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showFullSize(file);
  };
  return make("a", {
    class: "picture",
    href: fileAddress(file),
    target: "_blank",
    title: "See it full size",
    "data-key": `file-${file.id}`,
    onclick: open,
  }, picture);
}

function showFullSize(file) {
  const { dialog, body } = dialogFrame(file.alt || file.name);
  dialog.classList.add("picture-dialog");
  body.append(
    make("img", { src: fileAddress(file), alt: "" }),
    make("p", {}, make("a", { href: fileAddress(file), target: "_blank", rel: "noopener" }, "Open in a new tab")),
  );
  present(dialog);
}

function drawDownload(file) {
  return make("a", { class: "download", href: fileAddress(file), download: file.name, "data-key": `file-${file.id}` },
    drawIcon("file"), words(file.name), " ", make("span", { class: "faint" }, sizeInWords(file.size)));
}
