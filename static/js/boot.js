// Runs before the first paint: theme and rail as the person left them. The admin reads the same "theme" key.
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = read("theme") || "auto";
  const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.js = "";
  root.dataset.bsTheme = dark ? "dark" : "light";
  if (read("rail") === "narrow") root.dataset.rail = "narrow";
})();
