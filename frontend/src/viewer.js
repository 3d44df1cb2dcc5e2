// PDF beside the facts: loaded only by pages that show one. <div data-pdf="URL" data-worker="URL" data-assets="URL/">
// draws the first page at once and the others when they come into view; the file is fetched by ranges.
import * as pdfjs from "pdfjs-dist";
import { whenPresent } from "./dom.js";

async function drawPage(pdf, number, holder) {
  const page = await pdf.getPage(number);
  const unit = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: (holder.clientWidth / unit.width) * Math.min(devicePixelRatio, 2) });
  const canvas = document.createElement("canvas");
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Trang ${number}`);
  await page.render({ canvas, canvasContext: canvas.getContext("2d"), viewport }).promise;
  holder.replaceChildren(canvas);
}

async function show(element) {
  const { pdf: url, worker, assets } = element.dataset;
  pdfjs.GlobalWorkerOptions.workerSrc = worker;
  const pdf = await pdfjs.getDocument({
    url,
    isEvalSupported: false,
    cMapUrl: `${assets}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${assets}standard_fonts/`,
    wasmUrl: `${assets}wasm/`,
    iccUrl: `${assets}iccs/`,
  }).promise;
  const first = await pdf.getPage(1);
  const { width, height } = first.getViewport({ scale: 1 });
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      drawPage(pdf, Number(target.dataset.page), target);
    }
  }, { rootMargin: "400px" });
  element.replaceChildren();
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const holder = document.createElement("div");
    holder.className = "pdf-page";
    holder.dataset.page = number;
    holder.style.aspectRatio = `${width} / ${height}`;
    element.append(holder);
    watcher.observe(holder);
  }
}

whenPresent("[data-pdf]", (element) => {
  show(element).catch(() => {
    element.textContent = "Không mở được tệp này ở đây. Hãy tải về để xem.";
  });
});
