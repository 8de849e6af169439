// Keys of the frame: "g" and a letter goes to a page, "n" opens the New menu, "?" tells them all. Not while typing.
const help = document.getElementById("shortcuts"); // none for people without pages
const PAUSE = 1200;
let going = 0;

const typing = (node) => node?.matches?.("input, textarea, select, [contenteditable]");
const busy = () => document.querySelector("dialog:modal, [popover]:popover-open");

function goTo(letter) {
  const link = help.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  if (link) location.assign(link.href);
}

function openNew() {
  const menu = document.getElementById("new-menu");
  if (!menu) return;
  menu.showPopover();
  menu.querySelector(".menu-item")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!help || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || busy()) return;
  const key = event.key.toLowerCase();
  const second = Date.now() - going < PAUSE;
  going = 0;
  if (second) {
    event.preventDefault();
    goTo(key);
  } else if (key === "g") {
    going = Date.now();
  } else if (key === "n") {
    event.preventDefault();
    openNew();
  } else if (event.key === "?") {
    event.preventDefault();
    help.showModal();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-shortcuts-open]")) help?.showModal();
});
