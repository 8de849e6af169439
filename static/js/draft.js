// The draft editor: rows are added and removed in the browser; every figure comes from the server.
import { number, recompute, rowsOf } from "./draft_order.js";

const form = document.querySelector("[data-draft]");

export function add(prefix) {
  const list = form.querySelector(`[data-rows="${prefix}"]`);
  const total = form.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const blank = form.querySelector(`template[data-blank="${prefix}"]`);
  list.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__prefix__", total.value));
  total.value = Number(total.value) + 1;
  const row = list.lastElementChild;
  reveal(row);
  number(list);
  row.querySelector("input:not([type=hidden])").focus();
}

function reveal(row) {
  row.querySelectorAll("[data-remove], [data-order], [data-grip]").forEach((part) => part.removeAttribute("hidden"));
  row.querySelectorAll(".line-delete").forEach((part) => part.setAttribute("hidden", ""));
}

function remove(row) {
  const list = row.closest("[data-rows]");
  const rows = rowsOf(list);
  const at = rows.indexOf(row);
  row.querySelector("input[name$='-DELETE']").checked = true;
  row.hidden = true;
  number(list);
  recompute(form);
  const near = rows[at + 1] ?? rows[at - 1];
  (near?.querySelector("input:not([type=hidden])") ?? form.querySelector(`[data-add="${list.dataset.rows}"]`)).focus();
}

function begin(root) {
  root.querySelectorAll("[data-row]").forEach(reveal);
  root.querySelectorAll("[data-rows]").forEach(number);
}

/** Enter in the last row begins another; elsewhere it goes one row down. It never sends the form from a cell. */
function enter(event) {
  const row = event.target.closest("[data-row]");
  if (!row || event.target.matches("button, summary, textarea") || event.defaultPrevented) return;
  event.preventDefault();
  const list = row.closest("[data-rows]");
  const rows = rowsOf(list);
  const next = rows[rows.indexOf(row) + 1];
  const cell = event.target.name?.split("-").pop();
  if (next) (next.querySelector(`[name$="-${cell}"]`) ?? next.querySelector("input")).focus();
  else add(list.dataset.rows);
}

if (form) {
  begin(form);
  form.addEventListener("htmx:load", ({ detail }) => detail.elt.id === "parts" && begin(detail.elt.parentElement));
  form.addEventListener("click", (event) => {
    const adder = event.target.closest("[data-add]");
    const remover = event.target.closest("[data-remove]");
    if (adder) {
      event.preventDefault();
      add(adder.dataset.add);
    } else if (remover) {
      remove(remover.closest("[data-row]"));
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing) enter(event);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(".form-foot [type=submit]"));
  });
}
