// Chromium and the page's address, for tests and screenshots alike.

import { chromium } from "playwright-core";

export const BASE = (process.env.TODO_URL ?? "http://localhost:3001").replace(/\/+$/, "");

export const NARROW = { width: 390, height: 844 };
export const WIDE = { width: 1440, height: 900 };

// Without these, Chromium itself looks for hosts on the network; the tests hold that the page asks nobody else.
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });
}

let made = 0;

/** A name that no earlier run has used. */
export function unique(stem) {
  made += 1;
  return `${stem}-${Date.now().toString(36)}${made}`;
}

export const PASSWORD = "correct horse battery";

/** Makes an account over HTTP and logs the context in. */
export async function signUp(context, name = unique("ann")) {
  const registered = await context.request.post(`${BASE}/user/register`, { data: { userName: name, password: PASSWORD } });
  if ((await registered.json()).status !== "ok") throw new Error(`cannot register ${name}: ${await registered.text()}`);
  const login = await context.request.post(`${BASE}/api/login/account`, { data: { userName: name, password: PASSWORD, type: "account" } });
  if ((await login.json()).status !== "ok") throw new Error(`cannot log in ${name}: ${await login.text()}`);
  return name;
}

/** Writes a todo over HTTP, as the context's user. */
export async function addTodo(context, todo) {
  const created = await context.request.post(`${BASE}/api/rule`, { data: { desc: "", ...todo } });
  if (!created.ok()) throw new Error(`cannot add: ${created.status()} ${await created.text()}`);
  const { key } = await created.json();
  if (todo.status !== undefined) {
    const changed = await context.request.put(`${BASE}/api/rule`, { data: { key, status: todo.status } });
    if (!changed.ok()) throw new Error(`cannot set the status: ${changed.status()} ${await changed.text()}`);
  }
  return key;
}
