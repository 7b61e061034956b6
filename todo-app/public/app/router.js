// Addresses of the page. The server answers all of them with index.html; what is shown is decided here.

import { pageSize } from "./settings.js";

let onChange = () => {};

/** `{ view, params }` for the address in the bar. */
export function here() {
  const params = new URLSearchParams(location.search);
  const path = location.pathname.replace(/\/+$/, "");
  if (path === "/user/login") return { view: "login", params };
  if (path === "/user/register") return { view: "register", params };
  if (params.get("view") === "activity") return { view: "activity", params };
  return { view: "list", params };
}

export function start(listener) {
  onChange = listener;
  addEventListener("popstate", () => onChange());
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.target || link.origin !== location.origin || event.defaultPrevented) return;
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** Goes to an address of the page as if a link was followed. */
export function go(address, { replace = false } = {}) {
  setAddress(address, { replace });
  onChange();
}

/** Notes an address in the bar without showing anything else. */
export function setAddress(address, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
}

/** Where the login form leads to afterwards: an address of this page, never another site. */
export function nextAddress(params) {
  try {
    const next = new URL(params.get("next") ?? "/list", location.origin);
    const own = next.origin === location.origin && !next.pathname.startsWith("/user/");
    return own ? next.pathname + next.search : "/list";
  } catch {
    return "/list";
  }
}

const SORTERS = /^(name|updatedAt|createdAt)_(ascend|descend)$/;

function whole(text, fallback, max = Number.MAX_SAFE_INTEGER) {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= max ? value : fallback;
}

/** The list's query as the address says it; what makes no sense is taken as absent. */
export function queryOf(params) {
  const sorter = params.get("sort") ?? "";
  const status = params.get("status") ?? "";
  return {
    current: whole(params.get("page"), 1),
    pageSize: whole(params.get("size"), pageSize(), 100),
    keyword: params.get("q") ?? "",
    status: /^[0-3]$/.test(status) ? status : "",
    sorter: SORTERS.test(sorter) ? sorter : "",
  };
}

/** The address that says `query`; defaults are left out. */
export function addressOf(query) {
  const params = new URLSearchParams();
  if (query.keyword) params.set("q", query.keyword);
  if (query.status) params.set("status", query.status);
  if (query.sorter) params.set("sort", query.sorter);
  if (query.pageSize !== pageSize()) params.set("size", query.pageSize);
  if (query.current > 1) params.set("page", query.current);
  const text = params.toString();
  return text ? `/list?${text}` : "/list";
}
