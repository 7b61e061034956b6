// What the page is made of: texts that say the same in both languages, modules that arrive together.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inPage, open, useBrowser } from "../fixture.mjs";

useBrowser();

const APP = fileURLToPath(new URL("../../public/app/", import.meta.url));

const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

async function texts(page) {
  return page.evaluate(async () => ({ en: (await import("/app/text/en.js")).default, zh: (await import("/app/text/zh.js")).default }));
}

test("both languages say the same things", () =>
  inPage({}, async (page) => {
    await open(page, "/user/login");
    const { en, zh } = await texts(page);
    // Chinese has one plural form.
    const wanted = Object.keys(en).filter((key) => !key.endsWith(".one"));
    assert.deepEqual(Object.keys(zh).sort(), wanted.sort());
    for (const key of wanted) assert.deepEqual(places(zh[key]), places(en[key]), key);
  }));

test("every text the page asks for is there, and none is left over", () =>
  inPage({}, async (page) => {
    await open(page, "/user/login");
    const { en } = await texts(page);
    const files = (await readdir(APP, { recursive: true })).filter((name) => name.endsWith(".js") && !name.startsWith("text"));
    const source = (await Promise.all(files.map((name) => readFile(join(APP, name), "utf8")))).join("\n");

    const keys = Object.keys(en).map((key) => key.replace(/\.(one|other)$/, ""));
    const families = new Set(keys.map((key) => key.split(".")[0]));
    const named = [...source.matchAll(/"([a-z]+)\.([\w.]+)"/gi)].filter(([, family]) => families.has(family)).map(([, family, rest]) => `${family}.${rest}`);
    assert.deepEqual(named.filter((key) => !keys.includes(key) && !key.startsWith("todo.")), [], "asked for but not there");

    // `status.${n}`, `${words}.title` and the like are put together from parts.
    const composed = /^(status|theme|column|activity|nav|login|register)\./;
    assert.deepEqual([...new Set(keys)].filter((key) => !composed.test(key) && !named.includes(key)), [], "there but never asked for");
  }));

test("every module that the list needs is asked for at once", async () => {
  const imports = async (name, seen = new Set()) => {
    if (seen.has(name)) return seen;
    seen.add(name);
    const source = await readFile(join(APP, name), "utf8");
    for (const [, target] of source.matchAll(/^(?:import|\} from) .*?"(\.[^"]+)";$/gm)) await imports(join(dirname(name), target), seen);
    return seen;
  };
  const needed = await imports("view/list.js", await imports("main.js"));
  needed.delete("main.js");
  const index = await readFile(join(APP, "../index.html"), "utf8");
  const preloaded = [...index.matchAll(/rel="modulepreload" href="\/app\/([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(preloaded.sort(), [...needed].sort());
});

test("a long list names few of its pages", () =>
  inPage({}, async (page) => {
    await open(page, "/user/login");
    const named = (current, last) => page.evaluate(async (args) => (await import("/app/view/pager.js")).pagesToName(...args), [current, last]);
    assert.deepEqual(await named(1, 1), [1]);
    assert.deepEqual(await named(1, 3), [1, 2, 3]);
    assert.deepEqual(await named(4, 7), [1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(await named(50, 99), [1, null, 49, 50, 51, null, 99]);
    assert.deepEqual(await named(99, 99), [1, null, 98, 99]);
  }));
