// The head of a table stays in sight while the page scrolls. A table that is wider than its place scrolls in it instead,
// so that it never makes the page wider.
const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const sheet = target.closest(".sheet-sticky");
    const table = sheet?.querySelector(".sheet-table");
    if (table) sheet.classList.toggle("is-wide", table.offsetWidth > sheet.clientWidth + 1);
  }
});

function watch(scope) {
  for (const sheet of scope.querySelectorAll(".sheet-sticky")) {
    watcher.observe(sheet);
    for (const table of sheet.querySelectorAll(".sheet-table")) watcher.observe(table);
  }
}

watch(document);
document.addEventListener("htmx:afterSettle", () => watch(document));
