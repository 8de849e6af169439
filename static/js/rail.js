// The rail: wide with words, or narrow with icons. It stays as it was left.
const root = document.documentElement;
const button = document.querySelector("[data-rail-toggle]");

function show() {
  const narrow = root.dataset.rail === "narrow";
  button.setAttribute("aria-expanded", String(!narrow));
  for (const link of document.querySelectorAll(".rail .rail-link")) {
    link.title = narrow ? link.textContent.trim() : "";
  }
}

if (button) {
  button.addEventListener("click", () => {
    if (root.dataset.rail === "narrow") delete root.dataset.rail;
    else root.dataset.rail = "narrow";
    localStorage.setItem("rail", root.dataset.rail || "wide");
    show();
  });
  show();
}
