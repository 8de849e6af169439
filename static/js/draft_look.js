// The preview of the editor: the document of what stands in the form now, beside it on a wide window, else over it.
const form = document.querySelector("[data-draft]");
const look = document.querySelector("[data-look]");
const toggle = document.querySelector("[data-look-toggle]");
const wide = matchMedia("(min-width: 1280px)");
const KEY = "draft-look";
let waiting;
let asked;

const frame = () => look.querySelector("iframe");

function wanted() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

function remember(open) {
  try {
    localStorage.setItem(KEY, open ? "on" : "off");
  } catch {
    // A browser that keeps nothing shows the preview each time.
  }
}

function tell(fault) {
  const line = look.querySelector("[data-look-fault]");
  line.textContent = fault;
  line.hidden = !fault;
}

function show(html) {
  const old = frame();
  const at = old.contentWindow?.scrollY ?? 0;
  old.onload = () => old.contentWindow.scrollTo(0, at);
  old.srcdoc = html;
}

async function refresh() {
  clearTimeout(waiting);
  if (!look.open) return;
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(look.dataset.look, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "HX-Request": "true" },
      signal: asked.signal,
    });
    const text = await answer.text();
    if (answer.ok && !answer.redirected) show(text);
    tell(answer.status === 422 ? text : "");
  } catch (error) {
    if (error.name !== "AbortError") waiting = setTimeout(refresh, 6000);
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 700);
}

function open() {
  if (look.open) return;
  if (wide.matches) look.show();
  else look.showModal();
  toggle.setAttribute("aria-expanded", "true");
  refresh();
}

if (form && look && toggle) {
  toggle.addEventListener("click", () => {
    if (look.open) look.close();
    else open();
    if (wide.matches) remember(look.open);
  });
  look.querySelector("[data-look-close]").addEventListener("click", () => {
    look.close();
    if (wide.matches) remember(false);
    toggle.focus();
  });
  look.addEventListener("close", () => toggle.setAttribute("aria-expanded", "false"));
  wide.addEventListener("change", () => look.open && look.close());
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  if (wide.matches && wanted()) {
    const focused = document.activeElement;
    open();
    if (focused === document.body) document.activeElement.blur();
    else focused.focus();
  }
}
