// Short messages: those of the server are in the page already, those of htmx answers come as the event "toast".
import { icon } from "./dom.js";

const STAY = 8000; // ms; one that can be undone stays longer, errors stay until closed
const ICONS = { green: "circle-check", red: "circle-x", orange: "alert-triangle" };

function watch(toast) {
  toast.querySelector("[data-dismiss]")?.addEventListener("click", () => toast.remove());
  if (toast.classList.contains("red")) return;
  let timer = setTimeout(() => toast.remove(), toast.querySelector("form") ? 2 * STAY : STAY);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), STAY);
  });
}

function button(text, attributes) {
  const made = document.createElement("button");
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function undoForm(url) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  form.append(token, button("Hoàn tác", { type: "submit" }));
  return form;
}

export function toast({ text, kind = "green", undo = "" }) {
  const region = document.getElementById("toasts");
  const made = document.createElement("div");
  const words = document.createElement("span");
  made.className = `toast ${kind}`;
  words.textContent = text;
  made.append(icon(ICONS[kind] ?? "info-circle"), words);
  if (undo) made.append(undoForm(undo));
  made.append(button("Đóng", { type: "button", "data-dismiss": "" }));
  region.append(made);
  watch(made);
}

document.querySelectorAll(".toast").forEach(watch);
document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("htmx:responseError", (event) => {
  const told = event.detail.xhr.getResponseHeader("X-Message");
  toast({ text: told ? decodeURIComponent(told) : "Chưa làm được. Hãy thử lại; nếu vẫn lỗi, báo quản trị.", kind: "red" });
});
document.addEventListener("htmx:sendError", () => {
  toast({ text: "Mất kết nối với máy chủ. Việc vừa làm chưa được ghi; hãy thử lại khi có mạng.", kind: "red" });
});
