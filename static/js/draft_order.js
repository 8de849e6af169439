// The order of the editor's rows: by buttons, by Alt with an arrow, by dragging the handle. Each row carries its place.
const form = document.querySelector("[data-draft]");

export function rowsOf(list) {
  return [...list.querySelectorAll("[data-row]")].filter((row) => !row.hidden);
}

export function number(list) {
  rowsOf(list).forEach((row, index) => {
    const order = row.querySelector("input[name$='-ORDER']");
    if (order) order.value = index + 1;
  });
}

export function recompute(within) {
  within.dispatchEvent(new Event("change", { bubbles: true }));
}

function settle(list) {
  number(list);
  recompute(form);
}

function move(row, step) {
  const rows = rowsOf(row.closest("[data-rows]"));
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  const active = document.activeElement;
  if (step < 0) other.before(row);
  else other.after(row);
  if (row.contains(active)) active.focus();
  settle(row.closest("[data-rows]"));
}

/** While the pointer holds the handle, the row changes place with each row whose middle the pointer crosses. */
function drag(grip, pressed) {
  const row = grip.closest("[data-row]");
  const list = row.closest("[data-rows]");
  const before = rowsOf(list).indexOf(row);
  pressed.preventDefault();
  grip.setPointerCapture(pressed.pointerId);
  row.classList.add("is-dragged");
  const follow = ({ clientY }) => {
    for (const other of rowsOf(list)) {
      if (other === row) continue;
      const box = other.getBoundingClientRect();
      const middle = box.top + box.height / 2;
      const above = other.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_PRECEDING;
      if (above && clientY > middle) other.after(row);
      else if (!above && clientY < middle) other.before(row);
    }
    if (clientY < 80) scrollBy(0, -12);
    else if (clientY > innerHeight - 80) scrollBy(0, 12);
  };
  const drop = () => {
    grip.removeEventListener("pointermove", follow);
    row.classList.remove("is-dragged");
    if (rowsOf(list).indexOf(row) !== before) settle(list);
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("lostpointercapture", drop, { once: true });
}

if (form) {
  form.addEventListener("click", (event) => {
    const mover = event.target.closest("[data-move]");
    if (mover) move(mover.closest("[data-row]"), mover.dataset.move === "up" ? -1 : 1);
  });
  form.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (grip && event.button === 0) drag(grip, event);
  });
  form.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest("[data-rows='lines'] [data-row]");
    if (!step || !row || !(event.altKey || event.target.closest("[data-grip]"))) return;
    event.preventDefault();
    move(row, step);
  });
}
