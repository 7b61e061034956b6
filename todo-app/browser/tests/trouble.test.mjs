// What goes wrong, and what the page makes of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addTodo, BASE, PASSWORD, signUp, unique } from "../browser.mjs";
import { inPage, names, open, openList, row, useBrowser } from "../fixture.mjs";

useBrowser();

const REFUSED = /Failed to load resource/;

test("what cannot be saved is said beside the field", () =>
  inPage({ expected: REFUSED }, async (page, context) => {
    await signUp(context);
    await openList(page);
    await page.getByLabel("New todo").fill("   ");
    await page.getByLabel("New todo").press("Enter");
    await page.getByText("Give the todo a name.").waitFor();
    assert.equal(await page.getByLabel("New todo").getAttribute("aria-invalid"), "true");
    await page.getByLabel("New todo").fill("x".repeat(201));
    await page.getByLabel("New todo").press("Enter");
    await page.getByText("At most 200 characters; these are 201.").waitFor();
    await page.getByLabel("New todo").fill("fine");
    await page.getByLabel("New todo").press("Enter");
    await row(page, "fine").waitFor();

    await page.getByRole("button", { name: "Edit “fine”" }).click();
    const editor = page.getByRole("dialog");
    await editor.getByLabel("Name").fill("");
    await editor.getByLabel("Description").fill("y".repeat(2001));
    await editor.getByRole("button", { name: "Save" }).click();
    await editor.getByText("Give the todo a name.").waitFor();
    await editor.getByText("At most 2,000 characters; these are 2,001.").waitFor();
    assert.ok(await editor.getByLabel("Name").evaluate((input) => input === document.activeElement), "the first wrong field has the focus");
  }));

test("the service's own refusal reaches the person", () =>
  inPage({ expected: REFUSED }, async (page, context) => {
    await signUp(context);
    await openList(page);
    await page.route("**/api/rule", (route) => route.fulfill({ status: 400, json: { success: false, message: "name: no shouting" } }));
    await page.getByLabel("New todo").fill("LOUD");
    await page.getByLabel("New todo").press("Enter");
    await page.getByText("The server refused this: name: no shouting").waitFor();
    assert.equal(await page.getByLabel("New todo").inputValue(), "LOUD", "nothing typed is lost");
  }));

test("a server that is gone gives an error with a retry, and the retry works", () =>
  inPage({ expected: REFUSED }, async (page, context) => {
    await signUp(context);
    await addTodo(context, { name: "still here" });
    await page.route("**/api/rule?*", (route) => route.abort());
    await openList(page);
    await page.getByRole("alert").getByText("The server cannot be reached").waitFor();
    await page.unroute("**/api/rule?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await row(page, "still here").waitFor();

    await page.route("**/api/rule", (route) => route.abort());
    await page.getByRole("button", { name: "Complete “still here”" }).click();
    await page.getByRole("alert").getByText("The server cannot be reached").waitFor();
    await row(page, "still here").getByText("In progress").waitFor();
  }));

test("a server that is gone from the start gives a retry too", () =>
  inPage({ expected: REFUSED }, async (page, context) => {
    await signUp(context);
    await page.route("**/api/currentUser", (route) => route.fulfill({ status: 502, body: "gateway" }));
    await page.goto(`${BASE}/list`);
    await page.getByText("Todo could not be started").waitFor();
    await page.unroute("**/api/currentUser");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Nothing to do yet").waitFor();
  }));

test("while the list is on its way, its place is kept", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    await addTodo(context, { name: "slow" });
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/api/rule?*", async (route) => {
      await held;
      await route.continue();
    });
    await open(page, "/list");
    await page.getByText("Loading todos…").waitFor();
    await page.locator(".skeleton .bone-row").first().waitFor();
    release();
    await row(page, "slow").waitFor();
    assert.equal(await page.locator(".skeleton").count(), 0);
  }));

test("a login that has ended leads to the form and back", () =>
  inPage({ expected: REFUSED }, async (page, context) => {
    const name = await signUp(context);
    await openList(page, "/list?sort=name_ascend");
    await page.getByText("Nothing to do yet").waitFor();
    await context.clearCookies();
    await page.getByLabel("New todo").fill("too late");
    await page.getByLabel("New todo").press("Enter");
    await page.getByText("Your session has ended").waitFor();
    await page.getByLabel("User name").fill(name);
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("Nothing to do yet").waitFor();
    assert.match(page.url(), /sort=name_ascend/);
  }));

test("a guest's lapsed token is renewed without a word", () =>
  inPage({ expected: REFUSED }, async (page, context) => {
    const name = unique("renewed");
    await openList(page);
    await context.clearCookies();
    await page.getByLabel("New todo").fill(name);
    await page.getByLabel("New todo").press("Enter");
    await row(page, name).waitFor();
    await page.getByRole("button", { name: `Delete “${name}”` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await row(page, name).waitFor({ state: "detached" });
  }));

test("without guests, visitors come to the login form", () =>
  inPage({ expected: REFUSED }, async (page) => {
    await page.route("**/api/currentUser", (route) => route.fulfill({ status: 401, json: { success: false, message: "log in" } }));
    await open(page, "/list?q=milk");
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/user/login");
    assert.equal(await page.getByRole("link", { name: "Continue as guest" }).count(), 0);
  }));

test("too many attempts: the person learns when to try again", () =>
  inPage({ expected: REFUSED }, async (page) => {
    await open(page, "/user/login");
    await page.route("**/api/login/account", (route) =>
      route.fulfill({ status: 429, headers: { "retry-after": "30" }, json: { success: false, message: "slow down" } }),
    );
    await page.getByLabel("User name").fill("ann");
    await page.getByRole("textbox", { name: "Password" }).fill("guess");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("Too many attempts. Try again in 30 seconds.").waitFor();

    await page.unroute("**/api/login/account");
    await page.route("**/api/login/account", (route) => route.fulfill({ status: 429, headers: { "retry-after": "900" }, json: { success: false, message: "slow down" } }));
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("Too many attempts. Try again in 15 minutes.").waitFor();
  }));

test("a taken name and a short password are said beside their fields", () =>
  inPage({ expected: REFUSED }, async (page, context) => {
    const taken = await signUp(context);
    await context.clearCookies();
    await open(page, "/user/register");
    await page.getByLabel("User name").fill(taken);
    await page.getByRole("textbox", { name: "Password" }).fill("short");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("At least 6 characters, please.").waitFor();
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("This name is taken.").waitFor();
  }));

test("a login form leads nowhere else than into the app", () =>
  inPage({}, async (page, context) => {
    const name = await signUp(context);
    await context.clearCookies();
    await open(page, "/user/login?next=https%3A%2F%2Felsewhere.example%2F");
    await page.getByLabel("User name").fill(name);
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("Nothing to do yet").waitFor();
    assert.equal(new URL(page.url()).pathname, "/list");
  }));

test("an address that makes no sense shows the list", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    await addTodo(context, { name: "only one" });
    await openList(page, "/list?page=-3&size=9999&status=7&sort=password_ascend");
    assert.deepEqual(await names(page), ["only one"]);
    await openList(page, "/list?page=40");
    await row(page, "only one").waitFor();
  }));
