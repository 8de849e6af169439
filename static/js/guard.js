// Leaving a form[data-guard] with changes asks first. A form also is sent once, however often its button is pressed.
const dirty = new Set();
const snapshot = (form) => new URLSearchParams(new FormData(form)).toString();
const before = new WeakMap();

function watch(root) {
  for (const form of root.querySelectorAll?.("form[data-guard]") ?? []) before.set(form, snapshot(form));
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
  if (event.defaultPrevented || event.submitter?.formMethod === "dialog" || form.method === "dialog") return;
  dirty.delete(form);
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});

addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

document.addEventListener("htmx:load", ({ detail }) => watch(detail.elt));
watch(document);
document.querySelector("[data-error-summary]")?.focus();
