// The second visit: the service worker keeps the page, and a new build replaces it whole or not at all.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import {serve} from '../../web/serve.mjs';
import {kSite} from '../node/native.mjs';
import {start, stop, until} from './page.mjs';

after(stop);

/** A browser that was never here, and a copy of the site on a server that the test may switch off. */
async function withVisits(body) {
  const folder = mkdtempSync(path.join(tmpdir(), 'paxoscope-site-'));
  cpSync(kSite, folder, {recursive: true, filter: (file) => file === kSite || statSync(file).isFile()});
  const server = await serve(folder);
  const {browser} = await start();
  const context = await browser.newContext({reducedMotion: 'reduce'});
  try {
    await body({folder, server, async visit() {
      const page = await context.newPage();
      await page.goto(server.address);
      await until(() => page.evaluate(() => Boolean(window.paxoscope)), 'the app starts');
      return page;
    }});
  } finally {
    await context.close();
    await server.close();
    rmSync(folder, {recursive: true});
  }
}

const kept = (page, name) => page.evaluate(async (file) => {
  for (const cache of await caches.keys()) {
    for (const {url} of await (await caches.open(cache)).keys()) if (new URL(url).pathname.endsWith(file)) return true;
  }
  return false;
}, name);
const installed = (page) => page.evaluate(() => navigator.serviceWorker.ready.then(() => true));

test('the second visit needs no network, nor does another scenario', async () => {
  await withVisits(async ({server, visit}) => {
    const first = await visit();
    await installed(first);
    assert.equal(await kept(first, '/app.pack'), true);
    assert.equal(await kept(first, '/scenarios.json'), false);
    await first.keyboard.press('Shift');
    await until(() => kept(first, '/scenarios.json'), 'the texts are kept once somebody uses the page');
    await first.close();
    await server.close();

    const second = await visit();
    await second.evaluate(() => { location.hash = '#v1/quorum-loss/omnipaxos?seed=3'; });
    await until(() => second.evaluate(() => window.paxoscope.simulation.position()?.scenario === 'quorum-loss'),
      'the scenario is there');
  });
});

test('a new build comes with the visit after the next; half of one changes nothing', async () => {
  await withVisits(async ({folder, visit}) => {
    const change = (name, from, to) => {
      const file = path.join(folder, name);
      const before = readFileSync(file, 'utf8');
      assert.ok(before.includes(from), `${from} in ${name}`);
      writeFileSync(file, before.replace(from, to));
    };
    const hash = (name) => createHash('sha256').update(readFileSync(path.join(folder, name))).digest('hex');
    const title = async () => {
      const page = await visit();
      await installed(page);
      const text = await page.title();
      // Whatever this visit started is over: installed or refused.
      await page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        await registration.update().catch(() => {});
        for (const worker of [registration.installing, registration.waiting]) {
          while (worker && !['activated', 'redundant'].includes(worker.state)) {
            await new Promise((resolve) => { worker.onstatechange = resolve; });
          }
        }
      });
      await page.close();
      return text;
    };

    assert.equal(await title(), 'Paxoscope');
    const old = hash('index.html');
    change('index.html', '<title>Paxoscope</title>', '<title>Paxoscope, newer</title>');
    change('service-worker.js', old, '0'.repeat(64));  // the list is there, the page that it means is not
    assert.equal(await title(), 'Paxoscope');
    assert.equal(await title(), 'Paxoscope');
    change('service-worker.js', '0'.repeat(64), hash('index.html'));
    assert.equal(await title(), 'Paxoscope');
    assert.equal(await title(), 'Paxoscope, newer');
  });
});
