// Ctrl-K (or Cmd-K) opens the palette; "/" goes to the search box. Arrows pick, Enter opens.
const palette = document.getElementById("palette");
const input = palette?.querySelector("input");
const find = document.querySelector("[data-find]");
const typing = (node) => node?.matches?.("input, textarea, select, [contenteditable]");

const links = () => [...palette.querySelectorAll("a")].filter((link) => !link.closest("[hidden]"));

function pick(link) {
  for (const other of palette.querySelectorAll(".is-picked")) other.classList.remove("is-picked");
  link?.classList.add("is-picked");
  link?.scrollIntoView({ block: "nearest" });
  if (link && !link.id) link.id = `pick-${links().indexOf(link)}-${Date.now()}`;
  if (link) input.setAttribute("aria-activedescendant", link.id);
  else input.removeAttribute("aria-activedescendant");
}

function filter() {
  const wanted = input.value.trim().toLowerCase();
  for (const item of palette.querySelectorAll("[data-palette-item]")) {
    item.hidden = !item.textContent.toLowerCase().includes(wanted);
  }
  for (const group of palette.querySelectorAll("[data-palette-group]")) {
    group.hidden = !group.querySelector("[data-palette-item]:not([hidden])");
  }
  if (!wanted) palette.querySelector("#palette-results")?.replaceChildren();
  pick(links()[0]);
}

function openPalette() {
  if (!palette || palette.open) return;
  input.value = "";
  filter();
  palette.showModal();
  input.focus();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  } else if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && find) {
    event.preventDefault();
    find.focus();
    find.select();
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-palette-open]") || !palette) return;
  event.preventDefault();
  openPalette();
});

if (palette) {
  input.addEventListener("input", filter);
  palette.addEventListener("htmx:afterSettle", () => pick(palette.querySelector(".is-picked") ?? links()[0]));
  palette.addEventListener("keydown", (event) => {
    const all = links();
    const at = all.findIndex((link) => link.classList.contains("is-picked"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      pick(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      all[at]?.click();
    }
  });
}
