// Lists worked by keyboard: J/K or arrows move, Enter opens, Esc closes the drawer, X picks; boxes feed the bulk bar.
import { isTyping, isVisible } from "./dom.js";

const rows = () => [...document.querySelectorAll("[data-row]")].filter(isVisible);
const drawer = () => document.querySelector("[data-drawer]");
const isOpen = () => Boolean(drawer()?.firstElementChild);

function select(row) {
  for (const other of document.querySelectorAll("[data-row][aria-selected=true]")) {
    other.setAttribute("aria-selected", "false");
  }
  row.setAttribute("aria-selected", "true");
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const here = all.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const marked = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const from = here >= 0 ? here : marked;
  const row = all[Math.max(0, Math.min(all.length - 1, from + step))];
  row.focus();
  row.scrollIntoView({ block: "nearest" });
  if (isOpen()) open(row);
  return true;
}

function open(row) {
  select(row);
  row.querySelector("[data-opens], a")?.click();
}

function close() {
  const back = document.querySelector("[data-row][aria-selected=true]");
  drawer().replaceChildren();
  const list = drawer().dataset.drawer;
  if (list) history.replaceState(history.state, "", list);
  back?.setAttribute("aria-selected", "false");
  back?.focus();
}

function closeStrip() {
  const strip = document.getElementById("strip");
  if (!strip?.firstElementChild) return false;
  strip.replaceChildren();
  document.querySelector("[data-row][aria-selected=true]")?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const row = document.activeElement?.closest?.("[data-row]");
  const acts = {
    j: () => move(1),
    ArrowDown: () => row && move(1),
    k: () => move(-1),
    ArrowUp: () => row && move(-1),
    Enter: () => row && document.activeElement === row && (open(row), true),
    Escape: () => closeStrip() || isOpen() && (close(), true),
    x: () => {
      const box = row?.querySelector("input[data-pick]");
      box?.click();
      return Boolean(box);
    },
  };
  if (acts[event.key]?.()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-drawer]")) return close();
  const row = event.target.closest("[data-row]");
  if (!row) return;
  if (event.target.closest("a, button, input, label, summary")) return select(row);
  if (!String(getSelection())) open(row);
});

// --- Bulk bar ---
function count() {
  const boxes = [...document.querySelectorAll("input[data-pick]")];
  const picked = boxes.filter((box) => box.checked).length;
  for (const bar of document.querySelectorAll("[data-bulk]")) {
    bar.hidden = picked === 0;
  }
  for (const told of document.querySelectorAll("[data-picked]")) told.textContent = picked; // dialogs say it too
  const all = document.querySelector("input[data-pick-all]");
  if (all) {
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of document.querySelectorAll("input[data-pick]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick], [data-pick-all]")) count();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-pick-none]")) return;
  for (const box of document.querySelectorAll("input[data-pick]")) box.checked = false;
  count();
});
document.addEventListener("htmx:load", count);
