// Opens the built page in headless Chromium for the tests, and notes everything that should not happen there.
import {existsSync} from 'node:fs';
import {chromium} from 'playwright-core';
import {serve} from '../../web/serve.mjs';
import {kSite} from '../node/native.mjs';

const kBrowser = process.env.PAXOSCOPE_CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file));
// Software GL, no services of the browser's own.
const kArguments = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader'];

let shared;
/** Browser and server, started once per test file. */
export async function start() {
  shared ??= {server: await serve(kSite), browser: await chromium.launch({executablePath: kBrowser, args: kArguments})};
  return shared;
}
export async function stop() {
  await shared?.browser.close();
  await shared?.server.close();
}

/** Polls until `condition()` gives something true; the page's policy forbids Playwright's own waitForFunction. */
export async function until(condition, what, timeoutMs = 20_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/**
 * Opens the page with a hash. `body(page, tools)` runs, then everything is closed. Unless `faults` is true, console
 * errors, policy violations and requests to other hosts fail the test.
 */
export async function withPage({hash = '', faults = false, ready = true, before, size = [1440, 900], ratio = 1,
  ...settings}, body) {
  const {server, browser} = await start();
  const context = await browser.newContext({
    viewport: {width: size[0], height: size[1]}, deviceScaleFactor: ratio, colorScheme: 'dark',
    reducedMotion: 'reduce', ...settings,
  });
  const problems = [];
  try {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.address)) {
        problems.push(`request to ${request.url()}`);
      }
    });
    await page.addInitScript(() => {
      globalThis.violations = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    await before?.(page);
    await page.goto(server.address + hash);
    const tools = pageTools(page, server.address);
    if (ready) await tools.ready();
    await body(page, tools);
    for (const violation of await page.evaluate(() => globalThis.violations)) problems.push(`policy: ${violation}`);
    if (!faults && problems.length) throw new Error(problems.join('\n'));
  } finally {
    await context.close();
  }
}

function pageTools(page, address) {
  const tools = {
    address,
    ready: () => until(() => page.evaluate(() => Boolean(window.paxoscope)), 'the app starts'),
    position: () => page.evaluate(() => window.paxoscope.simulation.position()),
    observe: () => page.evaluate(() => window.paxoscope.simulation.observe()),
    frames: () => page.evaluate(() => window.paxoscope.frames()),
    /** No frame is wanted any more. */
    settled: async () => {
      await until(async () => {
        const first = await tools.frames();
        await new Promise((resolve) => setTimeout(resolve, 120));
        return first === await tools.frames() && await page.evaluate(() => window.paxoscope.idle());
      }, 'the page rests');
    },
    button: (name) => page.getByRole('button', {name, exact: true}),
    /** Clicks a mirrored button with the mouse, where it is on the canvas. */
    press: async (name, options) => {
      await tools.button(name).click(options);
      await tools.settled();
    },
    /** Middle of a mirrored item in CSS pixels. */
    middle: async (name) => {
      const box = await tools.button(name).boundingBox();
      return {x: box.x + box.width / 2, y: box.y + box.height / 2};
    },
    event: async () => (await tools.position()).event,
  };
  return tools;
}
