// Menus are popovers and open without this. Here: arrow keys, closing on choice, and a place where CSS cannot anchor.
const anchors = CSS.supports("position-area: block-end");
const buttonOf = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
const itemsOf = (menu) => [...menu.querySelectorAll(".menu-item, .rail-link")];

function place(menu) {
  const button = buttonOf(menu)?.getBoundingClientRect();
  if (!button) return;
  const { offsetWidth: width, offsetHeight: height } = menu;
  const end = menu.closest(".menu-end");
  const left = end ? button.right - width : button.left;
  const below = button.bottom + height + 8 < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${below ? button.bottom : Math.max(8, button.top - height - 8)}px`;
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-menu]") || event.newState !== "open") return;
    if (!anchors && menu.classList.contains("menu-list")) place(menu);
    if (menu.dataset.focus !== undefined) itemsOf(menu)[0]?.focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const button = event.target.closest?.("[popovertarget]");
  const menu = event.target.closest?.("[data-menu]") || (button && document.getElementById(button.getAttribute("popovertarget")));
  if (!menu?.matches("[data-menu]")) return;
  event.preventDefault();
  if (!menu.matches(":popover-open")) menu.showPopover();
  const items = itemsOf(menu);
  const next = items.indexOf(document.activeElement) + step;
  items[(next + items.length) % items.length]?.focus();
});

document.addEventListener("click", (event) => {
  const menu = event.target.closest?.(".menu-item")?.closest("[data-menu]");
  if (menu?.matches(":popover-open")) menu.hidePopover();
});
