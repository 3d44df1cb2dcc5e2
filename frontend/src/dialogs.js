// Native dialogs: data-open="#id" opens one, data-close closes it; data-confirm and hx-confirm ask in the shared one.

let answer = null;

function ask({ title, text, action, danger }) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("[data-confirm-title]").textContent = title || "Xác nhận";
  dialog.querySelector("[data-confirm-text]").textContent = text;
  const yes = dialog.querySelector("[data-confirm-yes]");
  yes.textContent = action || "Đồng ý";
  yes.classList.toggle("danger", danger);
  yes.classList.toggle("primary", !danger);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    answer = resolve;
  });
}

const question = (element, text) => ({
  title: element.dataset.confirmTitle,
  text,
  action: element.dataset.confirmAction,
  danger: "danger" in element.dataset,
});

document.addEventListener("close", (event) => {
  if (event.target.id !== "confirm") return;
  answer?.(event.target.returnValue === "yes");
  answer = null;
}, true);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    document.querySelector(opener.dataset.open)?.showModal();
    return;
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog")) event.target.close(); // a click beside it
});

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(question(event.target, event.detail.question)).then((yes) => yes && event.detail.issueRequest(true));
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const asker = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!asker.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  if (await ask(question(asker, asker.dataset.confirm))) {
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter ?? undefined);
    delete form.dataset.confirmed;
  }
});
