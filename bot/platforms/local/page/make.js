// Builds elements. Children given as strings become text nodes, never markup,
// so nothing that people write can turn into HTML.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter(isThere));
  return element;
}

// Names and topics are people's words: each keeps its own direction,
// so an Arabic name does not shuffle the English around it.
export function words(text) {
  return make("bdi", { dir: "auto" }, text);
}

export function onlyHeard(text) {
  return make("span", { class: "only-heard" }, text);
}

let made = 0;
export function freshId(prefix) {
  made += 1;
  return `${prefix}-${made}`;
}

function isThere(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}
