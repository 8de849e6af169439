// The draft editor: rows are added, removed and moved in the browser; every figure comes from the server.

const form = document.querySelector("[data-draft]");

function rowsOf(list) {
  return [...list.querySelectorAll("[data-row]")].filter((row) => !row.hidden);
}

function number(list) {
  rowsOf(list).forEach((row, index) => {
    const order = row.querySelector("input[name$='-ORDER']");
    if (order) order.value = index + 1;
  });
}

function recompute() {
  const totals = document.getElementById("totals");
  if (totals) totals.dispatchEvent(new Event("refresh"));
}

function add(prefix) {
  const list = form.querySelector(`[data-rows="${prefix}"]`);
  const total = form.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const blank = form.querySelector(`template[data-blank="${prefix}"]`);
  const html = blank.innerHTML.replaceAll("__prefix__", total.value);
  list.insertAdjacentHTML("beforeend", html);
  total.value = Number(total.value) + 1;
  const row = list.lastElementChild;
  reveal(row);
  number(list);
  row.querySelector("input:not([type=hidden])").focus();
}

function reveal(row) {
  row.querySelectorAll("[data-remove], [data-order]").forEach((part) => part.removeAttribute("hidden"));
  row.querySelectorAll(".line-delete").forEach((part) => part.setAttribute("hidden", ""));
}

function remove(row) {
  const list = row.closest("[data-rows]");
  row.querySelector("input[name$='-DELETE']").checked = true;
  row.hidden = true;
  number(list);
  recompute();
}

function move(row, direction) {
  const list = row.closest("[data-rows]");
  const rows = rowsOf(list);
  const other = rows[rows.indexOf(row) + (direction === "up" ? -1 : 1)];
  if (!other) return;
  if (direction === "up") other.before(row);
  else other.after(row);
  number(list);
  recompute();
}

if (form) {
  form.querySelectorAll("[data-row]").forEach(reveal);
  form.querySelectorAll("[data-rows]").forEach(number);
  form.addEventListener("click", (event) => {
    const adder = event.target.closest("[data-add]");
    const remover = event.target.closest("[data-remove]");
    const mover = event.target.closest("[data-move]");
    if (adder) {
      event.preventDefault();
      add(adder.dataset.add);
    } else if (remover) {
      remove(remover.closest("[data-row]"));
    } else if (mover) {
      move(mover.closest("[data-row]"), mover.dataset.move);
    }
  });
}
