// Keeps what is typed in the editor on the server as an unsaved copy, and says so. It becomes a version by Save alone.
const form = document.querySelector("[data-autosave]");
const state = document.getElementById("draft-saved");
const PAUSE = 1200;
const AGAIN = 6000;
let waiting;
let dirty = false;
let leaving = false;
let sending = null;

function say(text, wrong = true) {
  state.textContent = text;
  state.classList.toggle("is-wrong", wrong);
}

async function keep({ keepalive = false } = {}) {
  clearTimeout(waiting);
  if (!dirty || leaving) return;
  if (sending && !keepalive) {
    waiting = setTimeout(keep, PAUSE);
    return;
  }
  dirty = false;
  sending = new AbortController();
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "HX-Request": "true" },
      keepalive,
      signal: sending.signal,
    });
    if (answer.redirected || answer.status === 401) failed(state.dataset.signedOut);
    else if (answer.ok || answer.status === 409) state.innerHTML = await answer.text();
    else failed(state.dataset.refused);
    if (answer.ok) state.classList.remove("is-wrong");
  } catch (error) {
    if (error.name !== "AbortError") failed(state.dataset.offline);
  } finally {
    sending = null;
  }
}

function failed(text) {
  dirty = true;
  say(text);
  waiting = setTimeout(keep, AGAIN);
}

function changed({ target }) {
  if (target.closest?.(".deposit")) return;
  dirty = true;
  if (!state.classList.contains("is-wrong")) say(state.dataset.saving, false);
  clearTimeout(waiting);
  waiting = setTimeout(keep, PAUSE);
}

if (form && state) {
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    clearTimeout(waiting);
    sending?.abort();
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep({ keepalive: true });
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && (dirty || sending)) {
      keep({ keepalive: true });
      event.preventDefault();
    }
  });
}
