// Runs before the page is painted, so that neither theme nor language flickers.
// Storage can be refused (private windows, policies); the page then follows the browser.
(() => {
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const root = document.documentElement;
  const theme = stored("todo.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  const wanted = [stored("todo.language"), ...navigator.languages, "en"];
  const known = wanted.find((tag) => /^(zh|en)\b/i.test(tag ?? ""));
  root.lang = /^zh/i.test(known) ? "zh-CN" : "en";
})();
