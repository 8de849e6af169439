// Dialogs open by command="show-modal"; this serves browsers that do not know it, and closes on a click outside.
const knowsCommand = "commandForElement" in HTMLButtonElement.prototype;

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener && !knowsCommand) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.matches?.("dialog[open]") && event.detail) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

for (const dialog of document.querySelectorAll("dialog[data-open-now]")) dialog.showModal();
