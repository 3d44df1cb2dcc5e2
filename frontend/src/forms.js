// Small helps of forms: errors get the focus, secrets can be shown and copied, what was typed is not lost by accident.
import { whenPresent } from "./dom.js";

whenPresent(".errors[tabindex]", (summary) => summary.closest("[data-sample]") || summary.focus());

document.addEventListener("click", (event) => {
  const peek = event.target.closest("[data-peek]");
  if (peek) {
    const input = document.getElementById(peek.dataset.peek);
    input.type = input.type === "password" ? "text" : "password";
    peek.setAttribute("aria-pressed", String(input.type === "text"));
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard?.writeText(document.querySelector(copy.dataset.copy).textContent.trim());
    copy.querySelector("span").textContent = "Đã chép";
  }
  if (event.target.closest("[data-print]")) print();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

const dirty = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-keep]");
  if (form) dirty.add(form);
});
document.addEventListener("submit", (event) => dirty.delete(event.target));
addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

// Drop zones: files dropped go into the file field inside, which tells of it like of any other choice.
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".drop");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    const input = zone.querySelector("input[type=file]");
    if (kind === "drop" && input) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}
