// Tabs that do not fit beside each other: the one that is open is scrolled into sight.
for (const tab of document.querySelectorAll(".views [aria-current]")) {
  const list = tab.closest("ul");
  const middle = tab.offsetLeft - list.offsetLeft + tab.offsetWidth / 2;
  list.scrollLeft = middle - list.clientWidth / 2;
}
