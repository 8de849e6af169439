// Which columns a table shows ([data-column] boxes); kept on this device and applied again after each swap.
const keyOf = (tableId) => `columns:${tableId}`;
const hiddenIn = (tableId) => JSON.parse(localStorage.getItem(keyOf(tableId)) || "[]");

function show(tableId) {
  const hidden = hiddenIn(tableId);
  for (const cell of document.getElementById(tableId)?.querySelectorAll("[data-col]") ?? []) {
    cell.hidden = hidden.includes(cell.dataset.col);
  }
  for (const box of document.querySelectorAll(`[data-column][data-table="${CSS.escape(tableId)}"]`)) {
    box.checked = !hidden.includes(box.dataset.column);
  }
}

function showAll() {
  const tables = new Set([...document.querySelectorAll("[data-column]")].map((box) => box.dataset.table));
  for (const tableId of tables) show(tableId);
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-column]")) return;
  const { table, column } = target.dataset;
  const others = hiddenIn(table).filter((name) => name !== column);
  localStorage.setItem(keyOf(table), JSON.stringify(target.checked ? others : [...others, column]));
  show(table);
});

document.addEventListener("htmx:load", showAll);
showAll();
