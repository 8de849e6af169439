// Examples fill the box; while the request is read, the form says so and cannot be sent twice.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const box = document.querySelector(button.dataset.fill);
  box.value = button.dataset.text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
});

document.querySelectorAll("form[data-busy]").forEach((form) => {
  form.addEventListener("submit", () => {
    const note = form.querySelector("[data-busy-text]");
    if (note) note.textContent = note.dataset.busyText;
    form.querySelectorAll("button[type=submit], .form-foot button").forEach((button) => {
      button.setAttribute("aria-disabled", "true");
      setTimeout(() => (button.disabled = true));
    });
  });
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-busy] button").forEach((button) => {
    button.disabled = false;
    button.removeAttribute("aria-disabled");
  });
});
