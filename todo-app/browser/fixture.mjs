// One browser for a test file, and pages that notice what a page must never do.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { BASE, launch, WIDE } from "./browser.mjs";

let browser;

/** Starts the browser for the tests of the calling file. */
export function useBrowser() {
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
}

/**
 * Runs `body(page, context)` in a fresh context. Afterwards the page must have stayed on its own host and its console must
 * be clean; `expected` matches console lines that the test brings about on purpose (a request made to fail).
 */
export async function inPage(options, body) {
  const { expected, ...contextOptions } = options;
  const context = await browser.newContext({ locale: "en-US", viewport: WIDE, ...contextOptions });
  context.setDefaultTimeout(20_000);
  const foreign = [];
  const complaints = [];
  const origin = new URL(BASE).origin;
  context.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) foreign.push(request.url());
  });
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  try {
    const page = await context.newPage();
    await body(page, context);
    assert.deepEqual(foreign, [], "requests to other hosts");
    assert.deepEqual(complaints.filter((text) => !expected?.test(text)), [], "console");
  } finally {
    await context.close();
  }
}

/** The row whose todo has exactly this name. */
export function row(page, name) {
  return page.getByRole("row").filter({ has: page.getByRole("button", { name, exact: true }) });
}

/** Opens an address of the page and waits until its view is there. */
export async function open(page, path) {
  await page.goto(BASE + path);
  await page.locator("h1").waitFor();
}

/** Opens the list and waits for its first answer. */
export async function openList(page, path = "/list") {
  await open(page, path);
  await page.locator(".row, .state").first().waitFor();
}

/** Names in the table, top down. */
export function names(page) {
  return page.locator(".row .name").allTextContents();
}

/** Waits until `read` gives what is expected; a list is redrawn when its answer comes. */
export async function eventually(read, expected, message) {
  const end = Date.now() + 15_000;
  for (;;) {
    const actual = await read();
    try {
      assert.deepEqual(actual, expected, message);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
