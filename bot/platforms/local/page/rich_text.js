// Blocks and spans become elements through textContent only.
import { make } from "./make.js";

const WEB_ADDRESS = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'»]/g;

export function richText(blocks) {
  return make("div", { class: "rich" }, blocks.map(drawBlock));
}

export function plainText(blocks) {
  return blocks.map(blockAsText).join("\n\n");
}

function drawBlock(block) {
  switch (block.type) {
    case "list":
      return make("ul", {}, block.items.map((item) => make("li", { dir: "auto" }, item.flatMap(drawSpan))));
    case "quote":
      return make("blockquote", { dir: "auto" }, block.children.flatMap(drawSpan));
    case "code":
      // Code scrolls sideways, and what scrolls must be reachable with the keyboard.
      return make("pre", { tabindex: 0, role: "group", "aria-label": "Code", dir: "auto" }, make("code", {}, block.text));
    default:
      return make("p", { dir: "auto" }, block.children.flatMap(drawSpan));
  }
}

function drawSpan(span) {
  if (span.code) return make("code", {}, span.text);
  let drawn = linked(span.text);
  if (span.italic) drawn = [make("em", {}, drawn)];
  if (span.bold) drawn = [make("strong", {}, drawn)];
  return drawn;
}

function linked(text) {
  const pieces = [];
  let done = 0;
  for (const found of text.matchAll(WEB_ADDRESS)) {
    pieces.push(text.slice(done, found.index));
    pieces.push(make("a", { href: found[0], target: "_blank", rel: "noopener noreferrer" }, found[0]));
    done = found.index + found[0].length;
  }
  return [...pieces, text.slice(done)];
}

function blockAsText(block) {
  const joined = (spans) => spans.map((span) => span.text).join("");
  switch (block.type) {
    case "list":
      return block.items.map((item) => `- ${joined(item)}`).join("\n");
    case "quote":
      return joined(block.children).replace(/^/gm, "> ");
    case "code":
      return block.text;
    default:
      return joined(block.children);
  }
}
