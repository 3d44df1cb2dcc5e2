// Files of a draft: sent in parts, with the bytes that really arrived as progress. A broken line is taken up again where
// it broke; after a reload the same file is chosen again and goes on from what the server has.
import htmx from "htmx.org";
import { whenPresent } from "./dom.js";
import { toast } from "./toasts.js";

const PART = 4 * 1024 * 1024;
const PAUSES = [1000, 3000, 8000, 20000]; // ms after a broken line

const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const sleep = (time) => new Promise((done) => setTimeout(done, time));

async function ask(url, options = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": token(), ...options.headers };
  const answer = await fetch(url, { ...options, headers });
  const told = await answer.json();
  if (!answer.ok && told.offset == null) throw Object.assign(new Error(told.message), { refused: true });
  return told;
}

function line(list, file) {
  const made = document.createElement("li");
  made.className = "file";
  const name = document.createElement("span");
  name.className = "file-name";
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = file.size;
  bar.value = 0;
  bar.setAttribute("aria-label", `Đang tải ${file.name}`);
  const told = document.createElement("span");
  told.className = "small quiet";
  const what = document.createElement("div");
  what.className = "file-what";
  what.append(name, bar, told);
  made.append(what);
  list.append(made);
  return { made, bar, told };
}

function show({ bar, told }, offset, size) {
  bar.value = offset;
  told.textContent = `Đang tải ${Math.floor((offset / size) * 100)} %`;
}

async function pour(file, state, shown) {
  let { offset } = state;
  let broken = 0;
  while (offset < file.size) {
    show(shown, offset, file.size);
    try {
      const part = file.slice(offset, offset + PART);
      const told = await ask(state.url, { method: "PATCH", body: part, headers: { "Upload-Offset": offset, "Content-Type": "application/octet-stream" } });
      offset = told.offset;
      broken = 0;
      if (told.complete) return;
    } catch (error) {
      if (error.refused || broken >= PAUSES.length) throw error;
      shown.told.textContent = "Mất kết nối, sẽ tự tải tiếp…";
      await sleep(PAUSES[broken]);
      broken += 1;
      offset = (await ask(state.url).catch(() => ({ offset }))).offset;
    }
  }
  if (state.offset === file.size) await ask(state.url, { method: "PATCH", body: "", headers: { "Upload-Offset": offset } });
}

function unfinished(file) {
  return [...document.querySelectorAll("[data-unfinished]")].find(
    (one) => one.dataset.name === file.name && Number(one.dataset.size) === file.size && !one.dataset.taken,
  );
}

async function begin(zone, file) {
  const left = unfinished(file);
  if (left) {
    left.dataset.taken = "yes";
    const state = await ask(left.dataset.unfinished);
    return { state: { ...state, url: left.dataset.unfinished }, left };
  }
  const body = JSON.stringify({ name: file.name, size: file.size });
  return { state: await ask(zone.dataset.uploads, { method: "POST", body, headers: { "Content-Type": "application/json" } }) };
}

async function send(zone, file) {
  const list = document.getElementById("files");
  let shown = null;
  try {
    const { state, left } = await begin(zone, file);
    left?.remove();
    shown = line(list, file);
    await pour(file, state, shown);
  } catch (error) {
    toast({ text: error.refused ? error.message : `“${file.name}” chưa tải xong: mất kết nối. Chọn lại tệp để tải tiếp.`, kind: "red" });
  } finally {
    shown?.made.remove();
  }
}

let leaving = 0;
addEventListener("beforeunload", (event) => leaving && event.preventDefault());

async function sendAll(zone, files) {
  leaving += 1;
  try {
    for (const file of files) await send(zone, file); // one after another: their order is the order of the document
  } finally {
    leaving -= 1;
    htmx.ajax("GET", zone.dataset.listing, { swap: "none", target: document.body });
  }
}

whenPresent("[data-uploads]", (zone) => {
  const input = zone.querySelector("input[type=file]");
  const drop = zone.querySelector(".drop");
  input.addEventListener("change", () => {
    sendAll(zone, [...input.files]);
    input.value = "";
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") sendAll(zone, [...event.dataTransfer.files]);
    });
  }
});
