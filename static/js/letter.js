// The preview of a letter follows what is typed: a form of its own is sent into the frame. No history entry is made.
// The button of a form with data-verb-now says what it will do: to whom, and when.
const WAIT = 500;
const timers = new WeakMap();

function show(box) {
  const form = box.querySelector("form");
  const frame = box.querySelector("iframe[name]");
  const fresh = frame.cloneNode(false);
  fresh.removeAttribute("src");
  frame.replaceWith(fresh);
  const carrier = document.createElement("form");
  carrier.method = "post";
  carrier.action = box.dataset.letter;
  carrier.target = fresh.name;
  carrier.hidden = true;
  for (const [name, value] of new FormData(form)) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    carrier.append(field);
  }
  document.body.append(carrier);
  carrier.submit();
  carrier.remove();
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => {
    const box = target.closest?.("[data-letter]");
    if (!box) return;
    clearTimeout(timers.get(box));
    timers.set(box, setTimeout(() => show(box), WAIT));
  });
}

const tongue = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang; // days before months
const clock = (value) =>
  new Date(`${value}Z`).toLocaleString(tongue, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

function addressesOf(form) {
  const ticked = [...form.querySelectorAll('[name="recipients"]:checked')].map((box) => box.value);
  return [...ticked, ...(form.elements.others?.value ?? "").split(/[,;\s]+/).filter(Boolean)];
}

function say(form) {
  const to = addressesOf(form);
  const later = form.elements.when?.value === "later";
  const time = form.elements.schedule_send?.value;
  let verb = form.dataset.verb;
  if (to.length && (time || !later)) verb = later ? form.dataset.verbLater : form.dataset.verbNow;
  const who = to.length > 1 ? form.dataset.many.replace("{n}", to.length) : to[0];
  form.querySelector(".form-foot .btn-primary").textContent = verb.replace("{to}", who).replace("{time}", time ? clock(time) : "");
}

for (const kind of ["input", "change", "letter:shown"]) {
  document.addEventListener(kind, ({ target }) => {
    const form = target.closest?.("[data-letter]")?.querySelector("form[data-verb-now]");
    if (form) say(form);
  });
}
for (const form of document.querySelectorAll("form[data-verb-now]")) say(form);
