// Pictures of every view, to be looked at: `node screenshots.mjs FOLDER`, the app at TODO_URL.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { addTodo, BASE, launch, NARROW, signUp, unique, WIDE } from "./browser.mjs";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node screenshots.mjs FOLDER");
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const EXAMPLES = {
  en: [
    { name: "Water the plants on the balcony" },
    { name: "Send the slides to Maria", desc: "The short version, without the appendix.", status: 2 },
    { name: "Book the train to Hamburg", desc: "Window seat, quiet coach. The 8:04 is cheaper than the 9:04 when booked before Friday, and there is a later train back on Sunday evening as well." },
    { name: "Renew the passport", desc: "Waiting for the new photos.", status: 3 },
    { name: "Learn the second voice of the round", status: 0 },
    { name: "Read chapter four", desc: "Notes in the margin are fine.", status: 2 },
    { name: "Call the plumber about the dripping tap in the guest bathroom" },
    { name: "Plan the garden", desc: "Beans, peas, and something that blooms in September." },
  ],
  "zh-CN": [
    { name: "给阳台的植物浇水" },
    { name: "把幻灯片发给小李", desc: "简短版，不要附录。", status: 2 },
    { name: "订去杭州的火车票", desc: "靠窗座位，安静车厢。周五之前订早上八点的车更便宜，周日晚上也有回程车。" },
    { name: "更换护照", desc: "等新照片。", status: 3 },
    { name: "学会轮唱的第二声部", status: 0 },
    { name: "读第四章", desc: "可以在页边做笔记。", status: 2 },
    { name: "打电话给水管工，修客卫漏水的水龙头" },
    { name: "规划花园", desc: "豆子、豌豆，还有九月开的花。" },
  ],
};

async function pictures(browser, language, theme, [size, viewport]) {
  const options = { locale: language, colorScheme: theme, viewport };
  const shoot = async (page, name, fullPage = false) => {
    await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect.getComputedTiming().iterations === 1).map((a) => a.finished)));
    await page.screenshot({ path: join(folder, `${name}-${language}-${theme}-${size}.png`), fullPage });
  };

  const visitor = await browser.newContext(options);
  const front = await visitor.newPage();
  await front.goto(`${BASE}/user/login`);
  await front.locator("form").waitFor();
  await shoot(front, "login");
  await front.goto(`${BASE}/user/register`);
  await front.locator("button[type=submit]").click();
  await shoot(front, "register");
  await front.goto(`${BASE}/list`);
  await front.locator(".row, .state").first().waitFor();
  await shoot(front, "guest");
  await front.route("**/api/rule?*", (route) => route.abort());
  await front.reload();
  await front.locator(".state-failure").waitFor();
  await shoot(front, "failure");
  await front.unroute("**/api/rule?*");
  await front.route("**/api/rule?*", () => {});
  await front.reload();
  await front.locator(".skeleton").waitFor();
  await shoot(front, "loading");
  await visitor.close();

  const context = await browser.newContext(options);
  await signUp(context, unique(language === "en" ? "maria" : "小明"));
  const page = await context.newPage();
  await page.goto(`${BASE}/list`);
  await page.locator(".state").waitFor();
  await shoot(page, "empty");
  for (let turn = 0; turn < 3; turn += 1) for (const todo of EXAMPLES[language].toReversed()) await addTodo(context, todo);
  await page.reload();
  await page.locator(".row").first().waitFor();
  await shoot(page, "list", true);
  await page.locator(".row .toggle").first().click();
  await page.locator(".toast").waitFor();
  await shoot(page, "toast");
  await page.locator(".row .name").nth(2).click();
  await shoot(page, "editor");
  await page.keyboard.press("Escape");
  await page.locator(".list-head .button-quiet:visible").last().click();
  await page.locator(".box:visible").nth(1).check();
  await page.locator(".box:visible").nth(3).check();
  await shoot(page, "select");
  await page.locator(".button-quiet-danger").click();
  await shoot(page, "confirm");
  await page.keyboard.press("Escape");
  await page.locator(".avatar").click();
  await shoot(page, "menu");
  await page.goto(`${BASE}/list?q=nothing-is-called-this`);
  await page.locator(".state").waitFor();
  await shoot(page, "none");
  await page.goto(`${BASE}/list?view=activity`);
  await page.locator(".entry").first().waitFor();
  await shoot(page, "activity");
  await context.close();
}

const browser = await launch();
try {
  for (const language of Object.keys(EXAMPLES))
    for (const theme of ["light", "dark"])
      for (const size of [["390", NARROW], ["1440", WIDE]]) await pictures(browser, language, theme, size);
} finally {
  await browser.close();
}
