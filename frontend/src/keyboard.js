// data-key="a" clicks the element on A; data-go="i" on G then I; "/" goes to the search, "?" shows all keys.
import { isTyping, isVisible } from "./dom.js";

let going = 0;

function press(attribute, key) {
  const found = [...document.querySelectorAll(`[${attribute}]`)].filter(
    (one) => one.getAttribute(attribute) === key && isVisible(one) && !one.disabled,
  );
  const last = found.at(-1); // the drawer comes after the list, and its acts are meant
  if (last) (last.matches("input, textarea, select") ? last.focus() : last.click());
  return Boolean(last);
}

function isShortcut(event) {
  return !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented);
}

document.addEventListener("keydown", (event) => {
  if (!isShortcut(event) || document.querySelector("dialog[open]")) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const key = event.key.toLowerCase();
  let done = false;
  if (Date.now() - going < 1500) {
    going = 0;
    done = [...document.querySelectorAll("[data-go]")].some((one) => one.dataset.go === key && (one.click(), true));
  } else if (key === "g") {
    going = Date.now();
    done = true;
  } else if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    search?.focus();
    done = Boolean(search);
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
    done = true;
  } else if (key.length === 1) {
    done = press("data-key", key);
  }
  if (done) event.preventDefault();
});
