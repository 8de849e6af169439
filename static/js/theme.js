// Light, dark or as the device: [data-theme-choice] buttons.
const dark = matchMedia("(prefers-color-scheme: dark)");

const chosen = () => localStorage.getItem("theme") || "auto";

function show() {
  const theme = chosen();
  const isDark = theme === "dark" || (theme === "auto" && dark.matches);
  document.documentElement.dataset.bsTheme = isDark ? "dark" : "light";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  localStorage.setItem("theme", button.dataset.themeChoice);
  show();
});
dark.addEventListener("change", show);
addEventListener("storage", show);
show();
