// The preview beside the template's form: what stands in the form, on an invented invoice, shortly after typing stops.
const form = document.getElementById("template-form");
const look = document.querySelector("[data-template-look]");
const wide = matchMedia("(min-width: 1200px)");
const WAIT = 400;
let waiting;
let asked;

function tell(fault) {
  const line = look.querySelector("[data-fault]");
  line.textContent = fault;
  line.hidden = !fault;
}

function show(html) {
  const frame = look.querySelector("iframe");
  const at = frame.contentWindow?.scrollY ?? 0;
  frame.onload = () => frame.contentWindow.scrollTo(0, at);
  frame.srcdoc = html;
}

async function refresh() {
  clearTimeout(waiting);
  if (!look.open) return;
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(look.dataset.templateLook, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
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
  waiting = setTimeout(refresh, WAIT);
}

if (form && look) {
  const fit = () => {
    look.open = wide.matches;
  };
  fit();
  wide.addEventListener("change", fit);
  look.addEventListener("toggle", refresh);
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  refresh();
}
