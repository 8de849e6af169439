// Toasts: Django's messages, and those that a response brings in its HX-Trigger header. Also the live region.
const list = document.getElementById("toasts");
const template = document.getElementById("toast-template");
const live = document.getElementById("live");
const words = document.querySelector("meta[name=app-words]")?.dataset ?? {};
const STAY = 6000;

function dismissLater(card) {
  if (card.matches(".toast-error, .toast-danger, .toast-warning")) return;
  let timer = setTimeout(() => card.remove(), STAY);
  card.addEventListener("pointerenter", () => clearTimeout(timer));
  card.addEventListener("focusin", () => clearTimeout(timer));
  card.addEventListener("pointerleave", () => {
    timer = setTimeout(() => card.remove(), STAY);
  });
}

function toast({ text, tone = "info", undo_url: undoUrl = "" }) {
  if (!list || !text) return;
  const card = template.content.firstElementChild.cloneNode(true);
  card.classList.replace("toast-info", `toast-${tone}`);
  card.querySelector("[data-toast-text]").textContent = text;
  const undo = card.querySelector("[data-toast-undo]");
  if (undoUrl) {
    undo.action = undoUrl;
    undo.hidden = false;
    const token = document.createElement("input");
    Object.assign(token, { type: "hidden", name: "csrfmiddlewaretoken", value: document.querySelector("meta[name=csrf-token]").content });
    undo.append(token);
  }
  list.append(card);
  dismissLater(card);
}

function announce(text) {
  live.textContent = "";
  setTimeout(() => {
    live.textContent = text;
  }, 50);
}

document.addEventListener("toast", ({ detail }) => toast(detail));
document.addEventListener("announce", ({ detail }) => announce(typeof detail === "string" ? detail : detail.value));
document.addEventListener("htmx:responseError", ({ detail }) => {
  const told = detail.xhr.getResponseHeader("HX-Trigger")?.includes("toast");
  if (!told) toast({ text: words.failed, tone: "danger" });
});
document.addEventListener("htmx:sendError", () => toast({ text: words.offline, tone: "danger" }));
document.addEventListener("click", (event) => event.target.closest?.("[data-toast-close]")?.closest("[data-toast]").remove());
for (const card of list?.querySelectorAll("[data-toast]") ?? []) dismissLater(card);
