// Auto, light or dark: kept in a cookie, so that the server already writes the right one and nothing flashes.
import { remember } from "./dom.js";

function show(theme) {
  document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setTheme === theme));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set-theme]");
  if (!button) return;
  remember("theme", button.dataset.setTheme);
  show(button.dataset.setTheme);
});
