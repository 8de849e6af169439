// The lines of an account by keyboard: j and k or the arrows, Enter takes the first suggestion, 1 to 3 that one, i puts
// aside, f books a fee, s splits, u undoes, / searches the lines. Not while typing, nor while a dialog or a menu is open.
const typing = (node) => node?.closest?.("input, textarea, select, [contenteditable]");
const busy = () => document.querySelector("dialog:modal, [popover]:popover-open");
const lines = () => [...document.querySelectorAll("[data-line]")];
const settling = () => document.querySelector("[data-line].htmx-settling");
let place = 0;
let undone = null;
let early = "";

function picked() {
  return document.querySelector("[data-line].is-picked");
}

function pick(line, { scroll = true } = {}) {
  for (const other of document.querySelectorAll("[data-line].is-picked")) {
    other.classList.remove("is-picked");
    other.removeAttribute("aria-current");
  }
  if (!line) return;
  line.classList.add("is-picked");
  line.setAttribute("aria-current", "true");
  place = lines().indexOf(line);
  if (scroll) {
    line.focus({ preventScroll: true });
    line.scrollIntoView({ block: "nearest" });
  }
}

function step(by) {
  const all = lines();
  const at = all.indexOf(picked());
  pick(all[Math.min(Math.max(at < 0 ? place : at + by, 0), all.length - 1)]);
}

function press(selector) {
  const button = picked()?.querySelector(selector);
  if (!button) return false;
  button.click();
  return true;
}

function aside() {
  const details = picked()?.querySelector("[data-aside]");
  if (!details) return false;
  details.open = true;
  details.querySelector("input[name=reason]").focus();
  return true;
}

function undo() {
  if (press("[data-undo]")) return true;
  const last = undone && document.getElementById(undone);
  if (!last) return false;
  pick(last);
  return press("[data-undo]");
}

function search() {
  const box = document.getElementById("filter_q");
  if (!box) return false;
  box.focus();
  box.select();
  return true;
}

const KEYS = {
  j: () => (step(1), true),
  ArrowDown: () => (step(1), true),
  k: () => (step(-1), true),
  ArrowUp: () => (step(-1), true),
  Enter: () => press("[data-accept='1']"),
  1: () => press("[data-accept='1']"),
  2: () => press("[data-accept='2']"),
  3: () => press("[data-accept='3']"),
  i: aside,
  f: () => press("[data-fee]"),
  s: () => press("[data-split]"),
  u: undo,
  "/": search,
};

document.addEventListener(
  "keydown",
  (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busy()) return;
    if (typing(event.target)) {
      if (event.key !== "Escape" || !event.target.closest("[data-line]")) return;
      event.target.closest("[data-aside]")?.removeAttribute("open");
      pick(event.target.closest("[data-line]"));
      return;
    }
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    if (!KEYS[event.key]) return;
    if (settling()) early = event.key;
    else if (!KEYS[event.key]()) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

document.addEventListener("click", (event) => {
  const line = event.target.closest?.("[data-line]");
  if (line) pick(line, { scroll: false });
});

function settled(target) {
  if (target?.id === "list") pick(lines()[0], { scroll: false });
  const id = target?.id ?? "";
  const fresh = id.startsWith("line-") ? document.getElementById(id) : null;
  if (!fresh) return;
  pick(fresh);
  if (fresh.matches("[data-open]") || fresh.querySelector("[role=alert]")) return;
  undone = id;
  const next = lines().slice(place + 1).find((line) => line.matches("[data-open]"));
  if (next) pick(next);
}

// Not before the new line has settled: htmx gives it the classes of the old one first, and the server's after; and its
// buttons are not htmx's until then, so that a key that came early waits.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  settled(detail.target);
  if (!early || settling()) return;
  KEYS[early]();
  early = "";
});

pick(lines().find((line) => line.matches("[data-open]")) ?? lines()[0], { scroll: false });
