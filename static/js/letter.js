// The preview of a letter follows what is typed: a form of its own is sent into the frame. No history entry is made.
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
