// Choosing recipients, and acts that need a reason. Saving and sending are htmx and plain forms.
import { whenPresent } from "./dom.js";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();

whenPresent("[data-leaf-filter]", (input) => {
  input.addEventListener("input", () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    for (const branch of document.querySelectorAll("[data-branch]")) {
      let seen = 0;
      for (const leaf of branch.querySelectorAll("[data-leaf]")) {
        const text = plain(leaf.textContent);
        leaf.hidden = !words.every((word) => text.includes(word));
        seen += leaf.hidden ? 0 : 1;
      }
      if (words.length) branch.open = seen > 0;
    }
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-leaf-filter]")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("ask"));
});

// An open board looks again by itself, but never takes ticks away.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "board" && document.querySelector("#board input[data-pick]:checked")) event.preventDefault();
});

// A button in a dialog that does something with the rows ticked behind it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const form = document.getElementById("acts");
  const reason = document.querySelector(button.dataset.reason);
  if (!reason.value.trim()) {
    reason.setAttribute("aria-invalid", "true");
    reason.focus();
    return;
  }
  const values = { act: button.dataset.act, reason: reason.value };
  if (button.dataset.code) values.to_code = document.querySelector(button.dataset.code).value;
  for (const [name, value] of Object.entries(values)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  button.disabled = true;
  form.submit();
});
