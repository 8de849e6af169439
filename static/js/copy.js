// [data-copy] copies its text, says so on the button and to screen readers.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const word = button.querySelector("span");
  const said = button.dataset.copied;
  document.dispatchEvent(new CustomEvent("announce", { detail: said }));
  button.classList.add("is-copied");
  const was = word?.textContent;
  if (word) word.textContent = said;
  setTimeout(() => {
    button.classList.remove("is-copied");
    if (word) word.textContent = was;
  }, 1500);
});
