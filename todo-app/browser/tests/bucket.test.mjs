// The page with its files in a bucket: what the function sends is the page alone, everything else comes from another address.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, WIDE } from "../browser.mjs";
import { row } from "../fixture.mjs";

const PACKAGE = process.env.TODO_PACKAGE;
const FOLDER = "/todo/";

let bucket, folder, program, browser, address;

/** What is uploaded, as a bucket hands it out: under its own name only, to pages of every address. */
async function serveFiles(files) {
  const types = new Map(files.map((file) => [FOLDER + encodeURI(file.name), file]));
  const server = createServer(async (request, response) => {
    const file = types.get(request.url);
    if (!file) return response.writeHead(404).end();
    const headers = { "content-type": file.contentType, "access-control-allow-origin": "*" };
    response.writeHead(200, headers).end(await readFile(join(PACKAGE, "static", file.name)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function run(command, args, options) {
  const child = spawn(command, args, { stdio: "inherit", ...options });
  return once(child, "exit").then(([code]) => assert.equal(code, 0, command));
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

async function untilReady(url) {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("the function does not answer");
}

before(async () => {
  assert.ok(PACKAGE, "TODO_PACKAGE: the folder of a package for aliyun, made with TODO_SITE set");
  const { static: site, units } = JSON.parse(await readFile(join(PACKAGE, "artifact.json"), "utf8"));
  bucket = await serveFiles(site.files);
  folder = await mkdtemp(join(tmpdir(), "todo-bucket-"));
  await run("python3", ["-m", "zipfile", "-e", join(PACKAGE, units[0].file), folder]);
  await run("chmod", ["755", join(folder, "bootstrap")]);
  const port = await freePort();
  program = spawn(join(folder, "bootstrap"), [], {
    cwd: folder,
    stdio: "ignore",
    env: {
      FC_SERVER_PORT: String(port),
      FX_ASSETS_URL: `http://localhost:${bucket.address().port}${FOLDER}`,
      TODO_STORE: "sqlite",
      TODO_DB_PATH: join(folder, "todo.db"),
      TODO_GUEST: "on",
      TODO_JWT_SECRET: "only for tests: 0123456789 abcdefghij",
    },
  });
  address = `http://127.0.0.1:${port}`;
  await untilReady(`${address}/api/rule`);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  program?.kill("SIGKILL");
  bucket?.close();
  if (folder) await rm(folder, { recursive: true });
});

test("everything but the page and the data comes from the bucket, and the app works", async () => {
  const context = await browser.newContext({ locale: "en-US", viewport: WIDE });
  context.setDefaultTimeout(20_000);
  const [asked, complaints] = [[], []];
  context.on("request", (request) => asked.push(new URL(request.url())));
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));

  const page = await context.newPage();
  await page.goto(`${address}/list`);
  await page.locator(".row, .state").first().waitFor();
  await page.getByLabel("New todo").fill("from a bucket");
  await page.getByLabel("New todo").press("Enter");
  await row(page, "from a bucket").waitFor();

  assert.deepEqual(complaints, [], "console");
  const own = asked.filter((url) => url.origin === address).map((url) => url.pathname);
  assert.deepEqual(own.filter((path) => path !== "/list" && !path.startsWith("/api/")), [], "files from the function");
  const elsewhere = asked.filter((url) => url.origin !== address && url.protocol !== "data:");
  assert.ok(elsewhere.length > 20 && elsewhere.every((url) => url.pathname.startsWith(FOLDER)), String(elsewhere));
  await context.close();
});
