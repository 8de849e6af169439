// The style guide's own button.
document.querySelector("[data-sample-toast]")?.addEventListener("click", () => {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Invoice INV-2026-0014 sent.", tone: "success" } }));
});
