// What a person does with the app, from registering to logging out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addTodo, BASE, PASSWORD, signUp, unique } from "../browser.mjs";
import { eventually, inPage, names, open, openList, row, useBrowser } from "../fixture.mjs";

useBrowser();

test("register, log in, add, edit, complete, reload, delete, log out", () =>
  inPage({}, async (page) => {
    const name = unique("ann");

    await open(page, "/user/register");
    await page.getByLabel("User name").fill(name);
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("Nothing to do yet").waitFor();

    await page.getByLabel("New todo").fill("by button");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await row(page, "by button").waitFor();
    await page.getByLabel("New todo").fill("by Enter");
    await page.getByLabel("New todo").press("Enter");
    await row(page, "by Enter").waitFor();
    assert.deepEqual(await names(page), ["by Enter", "by button"], "newest first");

    await page.getByRole("button", { name: "Edit “by button”" }).click();
    const editor = page.getByRole("dialog", { name: "Edit todo" });
    await editor.getByLabel("Name").fill("edited");
    await editor.getByLabel("Description").fill("two lines\nof text");
    await editor.getByRole("radio", { name: "Paused" }).check();
    await editor.getByRole("button", { name: "Save" }).click();
    await row(page, "edited").getByText("Paused").waitFor();
    await editor.waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Complete “by Enter”" }).click();
    await row(page, "by Enter").getByText("Completed").waitFor();

    await page.reload();
    await row(page, "by Enter").getByText("Completed").waitFor();
    await row(page, "edited").getByText("two lines").waitFor();

    await page.getByRole("button", { name: "Reopen “by Enter”" }).click();
    await row(page, "by Enter").getByText("In progress").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await row(page, "by Enter").getByText("Completed").waitFor();

    await page.getByRole("button", { name: "Delete “edited”" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Keep" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await row(page, "edited").waitFor();
    await page.getByRole("button", { name: "Delete “edited”" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await row(page, "edited").waitFor({ state: "detached" });

    await page.getByRole("link", { name: "Activity" }).click();
    const entries = page.locator(".entry");
    await entries.first().waitFor();
    const texts = (await page.locator(".entry-text").allTextContents()).join("\n");
    for (const said of ["edited was deleted", "by Enter was completed", "by Enter was added", "by button was added"]) assert.ok(texts.includes(said), `${said} in:\n${texts}`);

    await page.getByRole("button", { name: /Account and settings/ }).click();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();

    await page.getByLabel("User name").fill(name);
    await page.getByRole("textbox", { name: "Password" }).fill("not the password");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").getByText("Name or password is wrong.").waitFor();
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await row(page, "by Enter").waitFor();
  }));

test("search, filter, sort and page, all by the service", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    for (let number = 1; number <= 12; number += 1) {
      await addTodo(context, { name: `todo ${String(number).padStart(2, "0")}`, desc: number === 5 ? "buy milk" : "", status: number % 4 === 0 ? 2 : undefined });
    }
    await openList(page);
    await page.getByText("12 todos").waitFor();
    assert.equal((await names(page)).length, 10);

    await page.getByRole("button", { name: "Next page" }).click();
    await eventually(() => names(page), ["todo 02", "todo 01"]);
    assert.match(page.url(), /page=2/);
    await page.reload();
    await eventually(() => names(page), ["todo 02", "todo 01"], "the address keeps the page");

    await page.getByRole("button", { name: "Todo", exact: true }).click();
    await eventually(async () => (await names(page))[0], "todo 01");
    assert.equal(await page.getByRole("columnheader", { name: "Todo" }).getAttribute("aria-sort"), "ascending");
    await page.getByRole("button", { name: "Todo", exact: true }).click();
    await eventually(async () => (await names(page))[0], "todo 12");
    assert.equal(await page.getByRole("columnheader", { name: "Todo" }).getAttribute("aria-sort"), "descending");
    await page.getByLabel("Sort by").selectOption("Oldest first");
    await eventually(async () => (await names(page))[0], "todo 01");

    await page.getByRole("searchbox", { name: "Search" }).fill("MILK");
    await eventually(() => names(page), ["todo 05"]);
    await page.getByText("1 match", { exact: true }).waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("there is no such thing");
    await page.getByText("No matches", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Show all todos" }).click();
    await page.getByText("12 todos").waitFor();

    await page.getByRole("radio", { name: "Completed" }).check();
    await eventually(() => names(page), ["todo 12", "todo 08", "todo 04"]);
    await page.goBack();
    await page.getByText("12 todos").waitFor();

    await page.getByLabel("Per page").selectOption("20");
    await eventually(async () => (await names(page)).length, 12);
  }));

test("select many, complete and delete them", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    for (const name of ["one", "two", "three", "four"]) await addTodo(context, { name });
    await openList(page);

    await page.getByRole("button", { name: "Select", exact: true }).click();
    await page.getByLabel("Select “one”").check();
    await page.getByLabel("Select “three”").check();
    await page.getByText("2 selected").waitFor();
    await page.getByRole("button", { name: "Complete", exact: true }).click();
    await row(page, "one").getByText("Completed").waitFor();
    await row(page, "three").getByText("Completed").waitFor();
    await row(page, "two").getByText("In progress").waitFor();

    await page.getByRole("button", { name: "Select", exact: true }).click();
    await page.getByLabel("Select all on this page").check();
    await page.getByLabel("Select “two”").uncheck();
    await page.getByText("3 selected").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const question = page.getByRole("dialog", { name: "Delete 3 todos?" });
    await question.getByRole("button", { name: "Delete", exact: true }).click();
    await eventually(() => names(page), ["two"]);
  }));

test("deleting the last row of the last page shows the page before", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    for (let number = 1; number <= 11; number += 1) await addTodo(context, { name: `todo ${number}` });
    await openList(page, "/list?page=2");
    await page.getByRole("button", { name: "Delete “todo 1”" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await eventually(async () => (await names(page)).length, 10);
    await page.getByText("10 todos").waitFor();
  }));

test("another person's board is private", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    const secret = unique("secret");
    await addTodo(context, { name: secret });
    await openList(page);
    await row(page, secret).waitFor();

    await page.getByRole("button", { name: /Account and settings/ }).click();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await signUp(context);
    await openList(page);
    await page.getByText("Nothing to do yet").waitFor();
    await openList(page, "/list?view=activity");
    await page.getByText("Nothing has happened yet").waitFor();
  }));

test("guests share a board and are told so", () =>
  inPage({}, async (page) => {
    const name = unique("guest todo");
    await openList(page, "/");
    await page.getByText("This is the guest board").waitFor();
    await page.getByLabel("New todo").fill(name);
    await page.getByLabel("New todo").press("Enter");
    await row(page, name).waitFor();

    await inPage({}, async (other) => {
      await openList(other, `/list?q=${name}`);
      await row(other, name).waitFor();
    });
    await page.getByRole("link", { name: "Log in for your own" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await page.getByRole("link", { name: "Continue as guest" }).click();
    await page.getByText("This is the guest board").waitFor();

    await page.getByRole("button", { name: `Delete “${name}”` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await row(page, name).waitFor({ state: "detached" });
  }));

test("text is shown as text, whatever it looks like", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    const name = `<img src=x onerror="document.title='broken'"> ${unique("x")}`;
    const desc = "<script>document.title = 'broken'</script>{name}";
    await addTodo(context, { name, desc });
    await openList(page);
    await row(page, name).getByText(desc, { exact: true }).waitFor();
    await page.getByRole("button", { name: `Complete “${name}”` }).click();
    await page.locator(".toast").getByText(name).waitFor();
    await open(page, "/list?view=activity");
    await page.locator(".entry").getByText(name).first().waitFor();
    assert.equal(await page.title(), "Activity · Todo");
    assert.equal(await page.locator("main img, main script").count(), 0);
  }));

test("todos are written with details in the editor", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    await openList(page);
    await page.getByLabel("New todo").fill("begun in the line");
    await page.getByRole("button", { name: "Add with details" }).click();
    const editor = page.getByRole("dialog", { name: "New todo" });
    assert.equal(await editor.getByLabel("Name").inputValue(), "begun in the line");
    await editor.getByLabel("Description").fill("finished in the dialog");
    await editor.getByRole("button", { name: "Add" }).click();
    await row(page, "begun in the line").getByText("finished in the dialog").waitFor();
    assert.equal(await page.getByLabel("New todo").inputValue(), "");
  }));

test("a todo that the filter hides is announced with a way to see it", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    await addTodo(context, { name: "done long ago", status: 2 });
    await openList(page, "/list?status=2");
    await page.getByLabel("New todo").fill("fresh");
    await page.getByLabel("New todo").press("Enter");
    await page.getByText("the current view does not show it").waitFor();
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await eventually(() => names(page), ["fresh", "done long ago"]);
  }));

test("every address of the app leads to its view", () =>
  inPage({}, async (page, context) => {
    await signUp(context);
    for (const path of ["/", "/welcome", "/list", "/admin"]) {
      await openList(page, path);
      await page.getByRole("heading", { name: "Todos" }).waitFor();
    }
    await page.goto(`${BASE}/user/login`);
    await page.getByText("Nothing to do yet").waitFor();
    assert.equal(new URL(page.url()).pathname, "/list", "whoever is logged in needs no form");
  }));
