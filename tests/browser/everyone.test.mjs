// The page for everyone: as text, with the keyboard alone, read aloud.
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {after, test} from 'node:test';
import {start, stop, until, withPage} from './page.mjs';

await start();
after(stop);

const kTranscript = new URL('quorum-loss.transcript.txt', import.meta.url);

test('the Text view shows and does what the canvas does, and leads back', async () => {
  await withPage({hash: '#v1/quorum-loss/omnipaxos?seed=1'}, async (page, {event, settled}) => {
    await page.getByRole('button', {name: 'Text view'}).focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#stage').isVisible(), false);
    const next = page.getByRole('button', {name: 'Next step', exact: true});
    for (let i = 0; i < 3; ++i) await next.click();
    await settled();
    assert.match(await page.locator('#mirror').textContent(), /C reports: not quorum-connected/);
    // What a picture shows in a scrolled list is all there.
    for (const name of ['Server A', 'Server E', 'Link A–B', 'Answer: A', 'To end']) {
      const item = page.getByRole('button', {name, exact: true});
      await item.scrollIntoViewIfNeeded();
      assert.ok(await item.isVisible(), name);
      assert.ok((await item.boundingBox()).width > 20, name);
    }
    await page.getByRole('button', {name: 'Answer: A', exact: true}).click();
    await settled();
    assert.match(await page.locator('#mirror').textContent(), /Right.*only A hears a majority/);
    const here = await event();
    await page.getByRole('button', {name: 'Text view'}).click();
    await settled();
    assert.equal(await event(), here);
    assert.ok(await page.locator('#stage').isVisible());
    await page.keyboard.press('o');
    await until(() => page.locator('#screen.text').count(), 'the key opens it, too');
  });
});

test('without WebGL 2 the Text view is there, and says why', async () => {
  await withPage({
    faults: true,
    before: (page) => page.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => null;
    }),
  }, async (page, {event, settled}) => {
    assert.match(await page.getByRole('status').textContent(), /WebGL 2/);
    const before = await event();
    await page.getByRole('button', {name: 'Step forward', exact: true}).click();
    await settled();
    assert.ok(await event() > before);
    assert.ok(await page.getByRole('button', {name: 'Server A', exact: true}).isVisible());
  });
});

test('axe finds nothing in the Text view', async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const colorScheme of ['dark', 'light']) {
    await withPage({bypassCSP: true, colorScheme, hash: '#v1/quorum-loss/omnipaxos?seed=1&at=900'}, async (page, {settled}) => {
      await page.keyboard.press('o');
      await settled();
      await page.addScriptTag({content: axe});
      const {violations} = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(violations.map((found) => `${found.id}: ${found.nodes.slice(0, 3).map((n) => n.html)}`), []);
    });
  }
});

test('a whole scenario with the keyboard alone, its question included', async () => {
  await withPage({hash: '#v1/quorum-loss/omnipaxos?seed=1'}, async (page, {settled, position, observe}) => {
    await page.locator('#stage').focus();
    for (let i = 0; i < 3; ++i) {
      await page.keyboard.press('n');
      await settled();
    }
    // Tab reaches every item; the answers are among them.
    const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? '');
    for (let presses = 0; await focused() !== 'Answer: A'; ++presses) {
      assert.ok(presses < 400, 'Tab comes to the answers');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await settled();
    assert.equal(await page.getByRole('button', {name: 'Answer: A', exact: true}).getAttribute('aria-description'), 'chosen, right');
    // Keys mean the same while an item has the focus.
    for (let i = 0; i < 5; ++i) {
      await page.keyboard.press('n');
      await settled();
    }
    await page.keyboard.press('End');
    await settled();
    const {servers} = await observe();
    assert.ok(servers.every((server) => server.decidedIndex >= 40), JSON.stringify(servers.map((s) => s.decidedIndex)));
    await page.keyboard.press('Home');
    await settled();
    assert.equal((await position()).event, 0);
  });
});

test('what a screen reader says of the quorum-loss lesson is as reviewed', async () => {
  await withPage({hash: '#v1/quorum-loss/omnipaxos?seed=1'}, async (page, {settled}) => {
    const said = [];
    const hear = async (key) => {
      await page.keyboard.press(key);
      await settled();
      said.push(`${key}: ${await page.locator('#live').textContent()}`);
    };
    await page.locator('#stage').focus();
    for (let step = 1; step <= 8; ++step) {
      await hear('n');
      // The moments around the take-over, one change at a time.
      if (step === 4) for (let i = 0; i < 12; ++i) await hear('ArrowRight');
    }
    const text = `${said.join('\n')}\n`;
    if (process.env.PAXOSCOPE_UPDATE_GOLDEN) writeFileSync(kTranscript, text);
    assert.equal(text, readFileSync(kTranscript, 'utf8'));
  });
});
