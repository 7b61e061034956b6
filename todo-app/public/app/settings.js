// What a visitor chooses for this browser: theme and language.

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // Storage refused: the choice then lasts as long as the page.
  }
}

export const THEMES = ["system", "light", "dark"];

export function theme() {
  return document.documentElement.dataset.theme ?? "system";
}

export function setTheme(name) {
  const root = document.documentElement;
  if (name === "system") delete root.dataset.theme;
  else root.dataset.theme = name;
  write("todo.theme", name === "system" ? null : name);
}

export function language() {
  return document.documentElement.lang;
}

export function setLanguage(tag) {
  document.documentElement.lang = tag;
  write("todo.language", tag);
}

export function pageSize() {
  const size = Number(read("todo.pageSize"));
  return Number.isInteger(size) && size >= 1 && size <= 100 ? size : 10;
}

export function setPageSize(size) {
  write("todo.pageSize", String(size));
}
