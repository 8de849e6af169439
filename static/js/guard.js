// Leaving a form[data-guard] with changes asks first. A form also is sent once, however often its button is pressed.
const dirty = new Set();
const snapshot = (form) => new URLSearchParams(new FormData(form)).toString();
const before = new WeakMap();
const methodOf = (form) => (form.getAttribute("method") || "get").toLowerCase(); // form.method may be a field of that name
const RETRY = 8000; // a form whose answer is a file stays on the page: it may be sent again

function watch(root) {
  const own = root.matches?.("form[data-guard]") ? [root] : [];
  for (const form of [...own, ...(root.querySelectorAll?.("form[data-guard]") ?? [])]) before.set(form, snapshot(form));
}

function release(form) {
  delete form.dataset.sent;
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
}

function check(form) {
  if (!before.has(form)) return;
  if (snapshot(form) === before.get(form)) dirty.delete(form);
  else dirty.add(form);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => target.form?.matches("[data-guard]") && check(target.form));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || event.submitter?.formMethod === "dialog" || methodOf(form) === "dialog") return;
  dirty.delete(form);
  if (methodOf(form) !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), RETRY);
});

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});

addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful || detail.elt !== detail.elt?.closest?.("form[data-guard]")) return;
  before.set(detail.elt, snapshot(detail.elt));
  dirty.delete(detail.elt);
});
document.addEventListener("htmx:load", ({ detail }) => watch(detail.elt));
watch(document);
document.querySelector("[data-error-summary]")?.focus();
