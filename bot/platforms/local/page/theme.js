import { drawIcon } from "./icons.js";

const KEPT_AS = "baraza.theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

export function startTheme(button) {
  const show = () => {
    const next = isDark() ? "light" : "dark";
    button.replaceChildren(drawIcon(next === "dark" ? "moon" : "sun"));
    button.setAttribute("aria-label", `Use the ${next} theme`);
    button.title = `Use the ${next} theme`;
  };
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem(KEPT_AS, next);
    show();
  });
  systemDark.addEventListener("change", show);
  show();
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "dark" || (chosen !== "light" && systemDark.matches);
}
