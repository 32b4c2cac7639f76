// The page in a browser: loading, policy, transport, equality with the native run, errors, accessibility, weight.
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {after, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {deflateSync, gzipSync} from 'node:zlib';
import {kRoot, kSite, replay, runCommand} from '../node/native.mjs';
import {start, stop, until, withPage} from './page.mjs';

after(stop);

test('text is there before the WebAssembly, with progress of real bytes', async () => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await withPage({
    ready: false,
    before: (page) => page.route('**/app.pack', async (route) => {
      await held;
      await route.continue();
    }),
  }, async (page, {ready}) => {
    assert.ok(await page.getByRole('heading', {name: 'Paxoscope', level: 1}).isVisible());
    const scenarios = readdirSync(path.join(kRoot, 'scenarios')).filter((name) => name.endsWith('.toml'));
    assert.equal(await page.locator('#intro dt').count(), scenarios.length);
    assert.ok(await page.locator('#progress').isVisible());
    assert.equal(await page.evaluate(() => Number(document.documentElement.dataset.appBytes)),
      readFileSync(path.join(kSite, 'app.pack')).length);
    release();
    await ready();
    assert.equal(await page.locator('#intro').isVisible(), false);
    assert.equal(await page.evaluate(() => {
      const bar = document.getElementById('progress');
      return bar.value === bar.max && bar.max > 1000;
    }), true);
  });
});

test('the policy is strict, in the page and in the header', async () => {
  const {server} = await start();
  const response = await fetch(server.address);
  const header = response.headers.get('content-security-policy');
  const inPage = /Content-Security-Policy" content="([^"]*)"/.exec(await response.text())[1];
  assert.equal(inPage, header);
  for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'",
    "require-trusted-types-for 'script'"]) assert.ok(header.includes(part), part);
  // The listener that the other tests rely on does hear violations.
  await withPage({faults: true}, async (page) => {
    await page.evaluate(() => {
      const image = new Image();
      image.src = 'http://127.0.0.1:9/x.png';
    });
    await until(() => page.evaluate(() => globalThis.violations.length > 0), 'a violation is heard');
  });
});

test('Play plays, Pause pauses, and idle means zero frames', async () => {
  await withPage({}, async (page, {press, position, settled, frames, button}) => {
    await settled();
    assert.equal((await position()).timeUs, 0);
    await button('Play').click();
    await until(async () => (await position()).timeUs > 0, 'time passes');
    await press('Pause');
    const {timeUs} = await position();
    const before = await frames();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(await frames(), before);
    assert.equal((await position()).timeUs, timeUs);
  });
});

test('steps go forth and back to the same states', async () => {
  await withPage({}, async (page, {press, position}) => {
    const states = [await position()];
    for (let i = 0; i < 3; ++i) {
      await press('Step forward');
      states.push(await position());
      assert.ok(states[i + 1].event > states[i].event);
    }
    for (let i = 2; i >= 0; --i) {
      await press('Step back');
      assert.equal((await position()).stateHash, states[i].stateHash);
    }
    await press('To end');
    const end = await position();
    assert.equal(end.stateHash, runCommand('steady-replication', '--seed', '1').state_hash);
    await press('To start');
    assert.equal((await position()).event, 0);
  });
});

test('a link cut by its name gives the run that the native build gives', async () => {
  const {default: createPaxoscope} = await import(pathToFileURL(path.join(kSite, 'paxoscope.js')).href);
  const {Simulation} = await createPaxoscope();
  await withPage({hash: '#v1/leader-crash/omnipaxos?seed=42&at=150'}, async (page, {press, position, observe, button}) => {
    assert.equal((await position()).event, 150);
    await press('Link A–B');
    const cut = await position();
    assert.equal(cut.journal, '150 cut A-B\n');
    const links = (await observe()).links.filter((link) => !link.up).map((link) => link.from + link.to);
    assert.deepEqual(links, ['AB', 'BA']);
    assert.equal(await button('Link A–B').getAttribute('aria-description'), 'cut');
    await press('To end');
    const {timeUs, stateHash, event} = await position();
    const seen = await observe();

    const native = replay('native', 'leader-crash', '42', cut.journal, timeUs);
    assert.deepEqual({stateHash, event, decided: seen.servers.map((server) => server.decidedIndex)}, native);
    const headless = Simulation.fromBuiltin('leader-crash', {seed: 42, journal: cut.journal});
    headless.seek(event);
    assert.deepEqual(seen, headless.observe());
    headless.delete();
  });
});

test('the address follows the run, and opening it brings the run back', async () => {
  let link;
  await withPage({hash: '#v1/chained/omnipaxos?seed=9'}, async (page, {press, position}) => {
    await press('Step forward');
    await press('Step forward');
    const {event} = await position();
    await until(() => page.evaluate((at) => location.hash.endsWith(`at=${at}`), event), 'the address is written');
    link = {hash: await page.evaluate(() => location.hash), stateHash: (await position()).stateHash};
  });
  await withPage({hash: link.hash}, async (page, {position}) => {
    assert.equal((await position()).stateHash, link.stateHash);
    await page.evaluate(() => { location.hash = '#v1/quorum-loss/omnipaxos?seed=3'; });
    await until(async () => (await position()).scenario === 'quorum-loss', 'the new address is followed');
    assert.equal((await position()).seed, '3');
  });
});

test('a scenario is chosen from the list', async () => {
  await withPage({}, async (page, {press, position}) => {
    await press('Scenario');
    const entry = page.locator('#mirror').getByRole('button', {name: /leader loses its majority/}).first();
    await entry.click();
    await until(async () => (await position()).scenario === 'quorum-loss', 'the scenario changes');
  });
});

test('once somebody uses the page, a scenario can be chosen without a network', async () => {
  await withPage({faults: true}, async (page, {press, position, settled}) => {
    const text = (id) => page.evaluate((name) => window.paxoscope.Simulation.builtin()
      .find((scenario) => scenario.id === name).toml, id);
    assert.equal(await text('quorum-loss'), '');
    await press('Scenario');
    assert.match(await text('quorum-loss'), /title/);
    await page.context().setOffline(true);
    await page.locator('#mirror').getByRole('button', {name: /leader loses its majority/}).first().click();
    await until(async () => (await position()).scenario === 'quorum-loss', 'the scenario changes');
    await settled();
    await page.context().setOffline(false);
    assert.match((await page.evaluate(() => window.paxoscope.simulation.permalink())), /^#v1\/quorum-loss\/omnipaxos/);
  });
});

test('scenarios that do not arrive give an error card, and the first one goes on; the next choice tries again', async () => {
  let refused = 0;
  const before = (page) => page.route('**/scenarios.json', (route) =>
    ++refused === 1 ? route.fulfill({status: 503}) : route.continue());
  await withPage({hash: '#v1/chained/omnipaxos', faults: true, before}, async (page, {press, position, settled}) => {
    await settled();
    assert.match(await page.locator('#mirror > p', {hasText: /^Error: /}).textContent(), /could not be loaded: 503/);
    assert.equal((await position()).scenario, 'steady-replication');
    await press('Close the error');
    await press('Scenario');
    await page.locator('#mirror').getByRole('button', {name: /leader loses its majority/}).first().click();
    await until(async () => (await position()).scenario === 'quorum-loss', 'the scenario changes');
  });
});

const base64url = (data) => Buffer.from(data).toString('base64url');
/** A link with an own scenario. */
const pack = (text) => `#v1/~/omnipaxos?s=${base64url(deflateSync(text))}`;
const noise = (bytes) => base64url(Uint8Array.from({length: bytes}, (_, i) => (i * i * 31 + i * 7 + (i >> 3) * 13) % 251));
const kOwnScenario = 'title = "Own"\nduration = "2s"\nprotocols = ["omnipaxos"]\n[cluster]\nservers = 3\n';

for (const [name, hash, expected] of [
  ['an unknown scenario', '#v1/nonsense/omnipaxos', /nonsense/],
  ['an unknown protocol', '#v1/chained/nonsense', /nonsense/],
  ['a damaged link', '#v1/chained/omnipaxos?at=-3', /damaged/],
  ['a bad own scenario', pack('title = 5\n'), /scenario:1:\d+/],
  ['a strange hash', '#hello', /not understood/],
  ['a link of another version', '#v2/chained/omnipaxos?seed=1', /not understood/],
  ['a truncated link', pack(kOwnScenario).slice(0, -20), /cannot be unpacked/],
  ['8 KiB of noise', `#v1/~/omnipaxos?s=${noise(6144)}`, /cannot be unpacked/],
  ['8 KiB of noise as actions', `#v1/chained/omnipaxos?d=${noise(6144)}`, /Journal line 1/],
  ['a bomb', pack(' '.repeat(50_000_000)), /longer than 262144 bytes/],
  ['a journal that is impossible', `#v1/chained/omnipaxos?at=9&d=${base64url('5 deliver 999999\n')}`, /does not fit/],
  ['a journal beyond the end', `#v1/chained/omnipaxos?at=9&d=${base64url('499999 crash A\n')}`, /the run ends before/],
]) {
  test(`${name} gives an error card, and the page goes on`, async () => {
    await withPage({hash}, async (page, {settled, press, position}) => {
      await settled();
      const card = page.locator('#mirror > p', {hasText: /^Error: /});
      assert.match(await card.textContent(), expected);
      assert.match(await page.locator('#live').textContent(), expected);
      await press('Close the error');
      assert.equal(await card.count(), 0);
      await press('Step forward');
      assert.ok((await position()).event > 0);
    });
  });
}

test('a scenario at its bounds with a moment beyond any run opens, and the page goes on', async () => {
  const clients = '[[client]]\nserver = "A"\nthink = "1ms"\n'.repeat(32);
  const steps = Array.from({length: 200}, (_, i) => `[[step]]\nat = "${i}ms"\nsay = "step ${i}"\ndo = "cut B-C"\n`).join('');
  const text = `title = "Bounds"\nduration = "600s"\n[cluster]\nservers = 16\n${clients}${steps}`;
  const hash = `${pack(text + '#'.repeat(256 * 1024 - text.length))}&at=999999999999999`;
  await withPage({hash}, async (page, {settled, press, event}) => {
    await settled();
    assert.equal(await page.locator('#mirror > p', {hasText: /^Error: /}).count(), 0);
    assert.equal(await event(), 500_000);
    await press('Step back');
    assert.ok(await event() < 500_000);
  });
});

test('a message where the download fails', async () => {
  await withPage({
    ready: false, faults: true, before: (page) => page.route('**/app.pack', (route) => route.fulfill({status: 404})),
  }, async (page) => {
    await page.getByRole('alert').waitFor();
    assert.match(await page.getByRole('alert').textContent(), /could not be loaded.*404/s);
  });
});

for (const [name, harm, expected] of [
  ['is damaged', (bytes) => { bytes[bytes.length >> 1] ^= 1; return bytes; }, /The download is damaged/],
  ['ends too early', (bytes) => bytes.subarray(0, bytes.length >> 1), /The download ended too early/],
]) {
  test(`a message where the download ${name}`, async () => {
    const body = harm(readFileSync(path.join(kSite, 'app.pack')));
    await withPage({
      ready: false, faults: true, before: (page) => page.route('**/app.pack', (route) => route.fulfill({body})),
    }, async (page) => {
      await page.getByRole('alert').waitFor();
      assert.match(await page.getByRole('alert').textContent(), expected);
    });
  });
}

test('a lost GL context comes back with the same picture', async () => {
  await withPage({}, async (page, {press, settled}) => {
    await press('Step forward');
    await page.mouse.move(700, 870);
    await settled();
    const before = await page.locator('#stage').screenshot();
    await page.evaluate(() => {
      const gl = document.getElementById('stage').getContext('webgl2');
      window.lose = gl.getExtension('WEBGL_lose_context');
      window.lose.loseContext();
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await page.evaluate(() => window.lose.restoreContext());
    await new Promise((resolve) => setTimeout(resolve, 200));
    await settled();
    assert.ok(before.equals(await page.locator('#stage').screenshot()));
  });
});

test('a hidden page draws nothing and resumes', async () => {
  await withPage({}, async (page, {button, frames, position}) => {
    await button('Play').click();
    await until(async () => (await position()).timeUs > 0, 'time passes');
    const hide = (hidden) => page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', {value, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    await hide(true);
    const before = await frames();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(await frames(), before);
    await hide(false);
    await until(async () => (await frames()) > before + 2, 'frames resume');
  });
});

test('the system\'s colours are followed until somebody chooses a theme', async () => {
  const other = {dark: 'light', light: 'dark'};
  const next = {dark: 'light', light: 'projector'};
  for (const colorScheme of ['dark', 'light']) {
    await withPage({colorScheme}, async (page, {settled, press}) => {
      const shown = () => page.evaluate(() => document.documentElement.dataset.theme);
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--ground'));
      const system = async (wish) => {
        await page.emulateMedia({colorScheme: wish});
        await settled();
      };
      await settled();
      assert.equal(await shown(), colorScheme);
      await system(other[colorScheme]);
      assert.equal(await shown(), other[colorScheme]);
      await system(colorScheme);
      assert.equal(await shown(), colorScheme);
      const chosen = next[colorScheme];
      await press({light: 'Light theme', projector: 'Projector theme'}[chosen]);
      for (const wish of [other[colorScheme], colorScheme]) {
        await system(wish);
        assert.equal(await shown(), chosen);
        assert.equal(await ground(), {light: '#f7f7f4', projector: '#ffffff'}[chosen]);
      }
    });
  }
});

test('the time on the screen is the run\'s', async () => {
  await withPage({hash: '#v1/quorum-loss/omnipaxos?seed=1&at=900'}, async (page, {settled, position}) => {
    await settled();
    const {timeUs} = await position();
    assert.ok(timeUs > 1_000_000);
    const words = `${Math.floor(timeUs / 1_000_000)}.${String(Math.floor(timeUs / 1000) % 1000).padStart(3, '0')} s`;
    assert.equal(await page.getByRole('slider', {name: 'Timeline'}).getAttribute('aria-valuetext'), words);
    assert.ok(await page.locator('#mirror > p', {hasText: `Time: ${words}`}).count());
  });
});

test('the live region speaks per event', async () => {
  await withPage({}, async (page, {press, observe}) => {
    await press('Step forward');
    const said = await page.locator('#live').textContent();
    const {title} = (await observe()).event;
    assert.ok(title && (said === title || said.startsWith(`${title}. Step `)), said);
  });
});

test('axe finds nothing, before and after a few steps', async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // axe itself is injected, which the page's policy rightly refuses.
  await withPage({bypassCSP: true}, async (page, {press, settled}) => {
    await settled();
    await page.addScriptTag({content: axe});
    for (let round = 0; round < 2; ++round) {
      const {violations} = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(violations.map((found) => `${found.id}: ${found.nodes.slice(0, 3).map((n) => n.html)}`), []);
      await press('Step forward');
      await press('Step forward');
    }
  });
});

test('the headless module runs in a Worker', async () => {
  await withPage({bypassCSP: true}, async (page, {address}) => {
    const hash = await page.evaluate((base) => new Promise((resolve, reject) => {
      const code = `import create from '${base}paxoscope.js';
        const {Simulation} = await create();
        const run = Simulation.fromBuiltin('chained', {seed: 5});
        run.runToEnd();
        postMessage(run.stateHash());`;
      const worker = new Worker(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})), {type: 'module'});
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
    }), address);
    assert.equal(hash, runCommand('chained', '--seed', '5').state_hash);
  });
});

for (const size of [[1440, 900], [390, 844]]) {
  test(`futures, history and stores are found by role and name at ${size.join('×')}`, async () => {
    await withPage({hash: '#v1/leader-crash/omnipaxos?seed=1&at=400', size}, async (page, {observe, event, settled, button}) => {
      const tab = async (name) => {
        await button(name).click();
        await settled();
      };
      const {futures, operations, stores} = await observe();
      await tab('Futures');
      const future = futures.at(-1);
      assert.ok(await button(`Future ${future.id} ${future.command}`).isVisible());
      if (size[0] < 768) await tab('Logs');
      await tab('Key-value');
      assert.match(await button(`State of server ${stores[0].server}`).getAttribute('aria-description'),
        new RegExp(`^applied ${stores[0].applied}\\b`));
      if (size[0] < 768) await tab('Futures');
      await tab('History');
      const operation = operations.filter((one) => one.end === 'ok').at(-1);
      const name = operation.result ? `${operation.command} → ${operation.result}` : operation.command;
      await button(`${operation.id} ${name}`).click();
      await settled();
      assert.equal(await event(), operation.returnedEvent);
    });
  });
}

test('the page weighs at most 450 KB', async (t) => {
  const loaded = new Set();
  await withPage({before: async (page) => page.on('response', (response) => loaded.add(response.url()))},
    async (page, {settled}) => settled());
  loaded.add(`${(await start()).server.address}service-worker.js`);  // no request of the page's own
  let total = 0;
  const rows = [...loaded].filter((url) => /^http/.test(url)).map((url) => {
    const name = new URL(url).pathname.slice(1) || 'index.html';
    const bytes = readFileSync(path.join(kSite, name));
    const size = name.endsWith('.pack') ? bytes.length : gzipSync(bytes, {level: 9}).length;
    total += size;
    return [name, size];
  }).sort((a, b) => b[1] - a[1]);
  for (const [name, size] of rows) t.diagnostic(`| ${name.padEnd(24)} ${String(size).padStart(8)}`);
  t.diagnostic(`| ${'in all, gzip'.padEnd(24)} ${String(total).padStart(8)}`);
  assert.ok(['app.pack', 'unpack.wasm'].every((part) => rows.some(([name]) => name === part)));
  assert.ok(rows.every(([name]) => name !== 'scenarios.json'), 'the texts wait until they are wanted');
  assert.ok(total <= 450 * 1024, `${total} bytes`);
});
