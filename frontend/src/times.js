// "2 phút trước" goes on counting while the page is open.
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function ago(seconds) {
  if (seconds < 0) return "";
  if (seconds < MINUTE) return "vừa xong";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} phút trước`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} giờ trước`;
  return `${Math.floor(seconds / DAY)} ngày trước`;
}

function refresh() {
  for (const element of document.querySelectorAll("[data-ago]")) {
    const text = ago((Date.now() - Date.parse(element.dataset.ago)) / 1000);
    if (text && element.textContent !== text) element.textContent = text;
  }
}

setInterval(refresh, 30_000);
