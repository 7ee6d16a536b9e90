// SPDX-License-Identifier: Apache-2.0
// The documentation page in a real browser: it shows every operation, search finds, nothing is reported as wrong, and nothing is loaded from elsewhere.
// Environment: COHELM_URL, CHROMIUM (path of the program). An argument names a file for a screenshot.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const url = process.env.COHELM_URL;
const profile = mkdtempSync(join(tmpdir(), "cohelm-docs-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  viewport: { width: 1280, height: 900 },
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const wrong = [];
try {
  const page = await browser.newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`page: ${error.message}`));
  page.on("requestfailed", (request) => wrong.push(`failed: ${request.url()}`));
  page.on("response", (response) => response.status() >= 400 && wrong.push(`${response.status()}: ${response.url()}`));
  page.on("request", (request) => new URL(request.url()).origin === url || wrong.push(`leaves: ${request.url()}`));

  await page.goto(`${url}/docs`);
  await page.waitForSelector("article.operation");
  const document = await (await fetch(`${url}/openapi.json`)).json();
  const methods = ["get", "put", "post", "delete", "patch"];
  const declared = Object.values(document.paths).flatMap((item) => methods.filter((method) => item[method]).map((method) => item[method].operationId));
  const shown = await page.$$eval("article.operation", (articles) => articles.filter((article) => article.offsetHeight > 100).map((article) => article.id));
  assert.deepEqual(shown.sort(), declared.sort(), "the page shows every operation");

  const linked = () => page.$$eval("#groups li", (items) => items.filter((item) => item.offsetHeight).map((item) => item.querySelector("a").hash.slice(1)));
  assert.deepEqual((await linked()).sort(), declared.sort(), "the navigation links every operation");
  await page.keyboard.press("/");
  await page.keyboard.type("put ballots/me");
  assert.deepEqual(await linked(), ["ballot_put"], "search finds by method and path");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash === "#ballot_put");
  await page.fill("#search", "no such thing");
  assert.deepEqual(await linked(), []);
  assert.equal(await page.textContent("#found"), "0 found");
  await page.fill("#search", "");
  assert.equal((await linked()).length, declared.length, "search is undone");

  const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await colour();
  await page.click("#theme");
  assert.notEqual(await colour(), light, "there is a light and a dark theme");
  await page.click("#theme");
  if (process.argv[2]) await page.screenshot({ path: process.argv[2] });

  await page.setViewportSize({ width: 400, height: 800 });
  assert.ok(await page.isVisible("#menu"), "narrow screens have a menu");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than a narrow screen");
  await page.goto(`${url}/problems/not_found`);
  assert.match(await page.textContent("body"), /not_found/);
  assert.deepEqual(wrong, []);
  console.log(`${shown.length} operations shown`);
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
