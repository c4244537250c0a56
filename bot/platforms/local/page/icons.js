import { make } from "./make.js";

const SVG = "http://www.w3.org/2000/svg";

const STROKES = {
  menu: ["M4 7h16", "M4 12h16", "M4 17h16"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  plus: ["M12 5v14", "M5 12h14"],
  smile: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18", "M8.5 14a4.2 4.2 0 0 0 7 0", "M9 9.5v.5", "M15 9.5v.5"],
  thread: ["M4 5h16v11H10l-4 4v-4H4z", "M8 9.5h8", "M8 12.5h5"],
  edit: ["M4 20l1-4L16 5l3 3L8 19z", "M14 7l3 3"],
  bin: ["M5 7h14", "M9 7V4h6v3", "M7 7l1 13h8l1-13"],
  clip: ["M20 11l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.7 16.7a1.7 1.7 0 0 1-2.4-2.4L14 7.6"],
  eye: [
    "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z",
    "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  ],
  file: ["M6 3h8l5 5v13H6z", "M14 3v5h5"],
  down: ["M12 5v14", "M6 13l6 6 6-6"],
  sun: [
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8", "M12 2.5v2", "M12 19.5v2",
    "M2.5 12h2", "M19.5 12h2", "M5.3 5.3l1.4 1.4", "M17.3 17.3l1.4 1.4",
    "M5.3 18.7l1.4-1.4", "M17.3 6.7l1.4-1.4",
  ],
  moon: ["M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z"],
  more: [
    "M5 11.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6", "M12 11.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6",
    "M19 11.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6",
  ],
  go: ["M5 12h13", "M12.5 6.5L18 12l-5.5 5.5"],
  clock: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18", "M12 7v5l3.5 2"],
};

export function drawIcon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const stroke of STROKES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", stroke);
    svg.append(path);
  }
  return svg;
}

// A button with nothing but a picture on it still has its name, heard and on hover.
export function iconButton(icon, label, attributes = {}) {
  return make("button", { type: "button", class: "icon-button", "aria-label": label, title: label, ...attributes }, drawIcon(icon));
}
