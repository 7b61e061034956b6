// For everyone: keyboard alone, screen readers, both themes, both languages, small and large windows.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { addTodo, NARROW, PASSWORD, signUp, unique, WIDE } from "../browser.mjs";
import { eventually, inPage, names, open, openList, row, useBrowser } from "../fixture.mjs";

useBrowser();

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails on every finding of axe that is serious or critical, colour contrast among them. */
async function scan(page, view) {
  // Evaluated by the debugger and not as a script of the page, whose own policy refuses strangers.
  await page.evaluate(AXE);
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect.getComputedTiming().iterations === 1).map((a) => a.finished.catch(() => {}))));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(grave.map(({ id, nodes }) => [id, nodes.map((node) => `${node.html} ${node.failureSummary}`)]), [], `axe: ${view}`);
}

async function noSidewaysScroll(page, view) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(content <= window, `${view} is ${content} wide in a window of ${window}`);
}

async function visitEveryView(page, context, check) {
  await open(page, "/user/login");
  await check("login");
  await open(page, "/user/register");
  await page.locator("button[type=submit]").click();
  await page.locator(".field-wrong").first().waitFor();
  await check("register with complaints");
  await openList(page);
  await check("guest board");

  await signUp(context);
  await openList(page);
  await check("empty list");
  for (let number = 0; number < 11; number += 1) {
    await addTodo(context, { name: `todo ${number} ${"long ".repeat(number)}`.trim(), desc: `word ${"x".repeat(number * 20)}`, status: number % 4 });
  }
  await openList(page);
  await check("list");
  await page.locator(".toggle").first().click();
  await page.locator(".toast").waitFor();
  await check("toast");
  await page.locator(".row .name").first().click();
  await page.getByRole("dialog").waitFor();
  await check("editor");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator(".icon-danger").first().click();
  await page.getByRole("dialog").waitFor();
  await check("question");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator(".list-head-end .button:visible").click();
  await page.locator(".row .box").first().check();
  await check("selection");
  await page.locator(".avatar").click();
  await page.locator("#menu:popover-open").waitFor();
  await check("menu");
  await page.keyboard.press("Escape");
  await openList(page, "/list?q=nothing-has-this-name");
  await check("no matches");
  await open(page, "/list?view=activity");
  await page.locator(".entry").first().waitFor();
  await check("activity");
  await page.route("**/api/rule?*", (route) => route.abort());
  await openList(page);
  await check("failure");
}

for (const theme of ["light", "dark"]) {
  for (const [language, viewport] of [["en-US", WIDE], ["zh-CN", NARROW]]) {
    test(`no view has a serious finding: ${theme}, ${language}, ${viewport.width} px`, () =>
      inPage({ colorScheme: theme, locale: language, viewport, expected: /Failed to load resource/ }, (page, context) =>
        visitEveryView(page, context, async (view) => {
          await scan(page, view);
          await noSidewaysScroll(page, view);
        }),
      ));
  }
}

test("the page speaks the browser's language and remembers another choice", () =>
  inPage({ locale: "zh-CN" }, async (page, context) => {
    await signUp(context);
    await openList(page);
    await page.getByText("还没有待办").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
    assert.equal(await page.title(), "待办");
    await page.getByLabel("新建待办").fill("给植物浇水");
    await page.getByLabel("新建待办").press("Enter");
    await row(page, "给植物浇水").getByText("进行中").waitFor();
    await page.getByText("共 1 项", { exact: true }).waitFor();

    await page.getByRole("button", { name: /账户与设置/ }).click();
    await page.getByRole("radio", { name: "English" }).check();
    await page.getByText("1 todo", { exact: true }).waitFor();
    assert.ok(await page.locator("#menu").evaluate((menu) => menu.matches(":popover-open")), "the menu stays open");
    await page.reload();
    await page.getByText("1 todo", { exact: true }).waitFor();
  }));

test("the theme follows the system until another is chosen, and the choice is kept", () =>
  inPage({ colorScheme: "dark" }, async (page, context) => {
    await signUp(context);
    await openList(page);
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await paper();
    await page.getByRole("button", { name: /Account and settings/ }).click();
    await page.getByRole("radio", { name: "Light" }).check();
    const light = await paper();
    assert.notEqual(light, dark);
    await page.reload();
    await page.locator("h1").waitFor();
    assert.equal(await paper(), light);
    await page.getByRole("button", { name: /Account and settings/ }).click();
    await page.getByRole("radio", { name: "System" }).check();
    assert.equal(await paper(), dark);
  }));

test("everything works with the keyboard alone, and the focus is never lost", () =>
  inPage({}, async (page) => {
    const key = (name) => page.keyboard.press(name);
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim());
    const tabTo = async (label) => {
      for (let step = 0; step < 60; step += 1) {
        if ((await focused()) === label) return;
        await key("Tab");
      }
      assert.fail(`"${label}" is not reached with Tab; the focus is on "${await focused()}"`);
    };

    await open(page, "/user/register");
    await page.locator("form").waitFor();
    await key("Tab");
    assert.equal(await focused(), "Skip to content");
    await key("Enter");
    await key("Tab");
    await page.keyboard.type(unique("ann"));
    await key("Tab");
    await page.keyboard.type(PASSWORD);
    await key("Enter");
    await page.getByText("Nothing to do yet").waitFor();

    await tabTo("New todo");
    for (const name of ["first", "second"]) {
      await page.keyboard.type(name);
      await key("Enter");
      await row(page, name).waitFor();
      await eventually(() => page.getByLabel("New todo").inputValue(), "");
    }
    assert.equal(await focused(), "New todo", "ready for the next one");

    await tabTo("Complete “second”");
    await key("Space");
    await row(page, "second").getByText("Completed").waitFor();
    await eventually(focused, "Reopen “second”", "the focus stays on the mark");

    await tabTo("Edit “second”");
    await key("Enter");
    await page.getByRole("dialog").waitFor();
    await key("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await focused(), "Edit “second”", "Esc gives the focus back");
    await key("Enter");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("second, better");
    await key("Enter");
    await row(page, "second, better").waitFor();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await focused(), "Edit “second, better”");

    await tabTo("Delete “second, better”");
    await key("Enter");
    await page.getByRole("dialog").waitFor();
    assert.equal(await focused(), "Delete");
    await key("Enter");
    await eventually(() => names(page), ["first"]);
    await eventually(focused, "Delete “first”", "the neighbour takes the focus");
    await key("Enter");
    await page.getByRole("dialog").waitFor();
    await key("Enter");
    await page.getByText("Nothing to do yet").waitFor();
    await eventually(focused, "New todo");

    const ring = await page.evaluate(() => getComputedStyle(document.querySelector(".composer-line")).boxShadow);
    assert.notEqual(ring, "none", "the focus is seen");
  }));

test("changes are announced", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    await addTodo(context, { name: "spoken" });
    await openList(page);
    const status = page.getByRole("status");
    await status.getByText("1 todo", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Complete “spoken”" }).click();
    await status.getByText("“spoken” completed").waitFor();
    assert.equal(await page.getByRole("table", { name: "Todos" }).getByRole("rowheader").count(), 1);
  }));

test("nothing jumps while the page loads", () =>
  inPage({ viewport: NARROW }, async (page, context) => {
    await signUp(context);
    for (let number = 0; number < 8; number += 1) await addTodo(context, { name: `todo ${number}`, desc: "with a description" });
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await openList(page);
    await page.locator(".row").nth(7).waitFor();
    const shift = await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.shift)))));
    assert.ok(shift < 0.05, `layout shift ${shift}`);
  }));
