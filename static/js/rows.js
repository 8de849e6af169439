// A row with data-href opens its thing on a click; the link in it is for the keyboard. Also: choosing rows in bulk.
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, select, textarea, [popover], dialog")) return;
  if (String(getSelection())) return;
  if (event.metaKey || event.ctrlKey) open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});

function showChosen(scope) {
  const boxes = [...scope.querySelectorAll("[data-choose]")];
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("tr")?.classList.toggle("is-chosen", box.checked);
  const all = scope.querySelector("[data-choose-all]");
  if (all) {
    all.checked = boxes.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  for (const bar of scope.querySelectorAll("[data-bulk]")) bar.hidden = chosen.length === 0;
  for (const count of scope.querySelectorAll("[data-bulk-count]")) count.textContent = String(chosen.length);
}

document.addEventListener("change", ({ target }) => {
  const scope = target.closest?.("[data-bulk-scope]");
  if (!scope || !target.matches("[data-choose], [data-choose-all]")) return;
  if (target.matches("[data-choose-all]")) {
    for (const box of scope.querySelectorAll("[data-choose]")) box.checked = target.checked;
  }
  showChosen(scope);
});
