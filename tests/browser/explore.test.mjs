// What a person explores a run with: run until, branches, what can happen next, the number of servers, sharing.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {after, test} from 'node:test';
import {kRoot} from '../node/native.mjs';
import {stop, until, withPage} from './page.mjs';

after(stop);

test('run until goes to what is asked for', async () => {
  await withPage({hash: '#v1/quorum-loss/omnipaxos'}, async (page, {press, observe, settled}) => {
    await settled();
    await press('Run until');
    await press('A leader is elected');
    assert.ok((await observe()).servers.some((server) => server.role === 'leader'));
    assert.ok((await observe()).event.number > 0);
  });
});

test('an action in the past starts a branch; the other one can be shown again', async () => {
  await withPage({hash: '#v1/steady-replication/omnipaxos?at=300'}, async (page, {press, button, position, settled}) => {
    await settled();
    await press('Step back');
    await press('Add fault');
    await press('Crash leader A');
    assert.match((await position()).journal, /crash A/);
    await press('Branches');
    assert.equal(await button('A crashes').count(), 1);
    await press('main');
    assert.equal((await position()).journal, '');
  });
});

test('a message is delivered from the list of what can happen next', async () => {
  await withPage({hash: '#v1/steady-replication/omnipaxos?at=20'}, async (page, {press, event, settled}) => {
    await settled();
    await press('Next');
    const before = await event();
    await page.getByRole('button', {name: /^Deliver: /}).first().click();
    await settled();
    assert.equal(await event(), before + 1);
  });
});

test('seven servers are in the address, and the address brings them back', async () => {
  await withPage({hash: '#v1/quorum-loss/omnipaxos'}, async (page, {press, observe, settled, ready}) => {
    await settled();
    await press('Branches');
    await press('Servers…');
    await press('7 servers');
    assert.equal((await observe()).servers.length, 7);
    await until(() => page.evaluate(() => location.hash.includes('n=7')), 'the address says so');
    await page.reload();
    await ready();
    await settled();
    assert.equal((await observe()).servers.length, 7);
  });
});

test('a link and a report are copied', async () => {
  await withPage({hash: '#v1/chained/omnipaxos?seed=7&at=50', permissions: ['clipboard-read', 'clipboard-write']},
    async (page, {press, settled, position}) => {
      await settled();
      await press('Share');
      await press('Copy a link to this moment');
      await until(() => page.evaluate(async () => (await navigator.clipboard.readText()).includes('#v1/chained/')), 'a link');
      const link = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(link, /^http.*#v1\/chained\/omnipaxos\?seed=7&at=50$/);
      await press('Share');
      await press('Copy a problem report');
      await until(() => page.evaluate(async () => (await navigator.clipboard.readText()).includes('Seed: 7')), 'a report');
      const report = await page.evaluate(() => navigator.clipboard.readText());
      assert.ok(report.includes((await position()).stateHash));
      assert.ok(report.includes(link));
    });
});

for (const [label, name, start] of [
  ['The messages in sight', 'quorum-loss.mmd', 'sequenceDiagram\n  participant A'],
  ['The stage as a drawing', 'quorum-loss.stage.svg', '<title>Server A: '],
  ['The timeline as a drawing', 'quorum-loss.svg', '<svg xmlns="http://www.w3.org/2000/svg"'],
  ['Everything so far', 'quorum-loss.shiviz.log', '":1}\n'],
  ['The screen as a picture', 'quorum-loss.png', '\x89PNG'],
  ['The latest events, line by line', 'quorum-loss.jsonl', '{"event":600,"time_us":'],
  ['This scenario', 'quorum-loss.toml', readFileSync(path.join(kRoot, 'scenarios/quorum-loss.toml'), 'latin1')],
]) {
  test(`${name} is saved`, async () => {
    await withPage({hash: '#v1/quorum-loss/omnipaxos?at=600'}, async (page, {press, settled}) => {
      await settled();
      await press('Share');
      const [download] = await Promise.all([page.waitForEvent('download'), press(label)]);
      assert.equal(download.suggestedFilename(), name);
      const bytes = readFileSync(await download.path());
      assert.ok(bytes.toString('latin1').includes(start), bytes.toString('latin1').slice(0, 80));
      assert.ok(bytes.length > 1000);
    });
  });
}

test('a scenario file is opened, and a bad one gives an error card', async () => {
  await withPage({}, async (page, {press, position, settled, button}) => {
    await settled();
    const open = async (text) => {
      await press('Share');
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press('Open a scenario…')]);
      await chooser.setFiles({name: 'mine.toml', mimeType: 'text/plain', buffer: Buffer.from(text)});
    };
    await open('title = "Mine"\nprotocols = ["raft"]\nduration = "1s"\n');
    await until(async () => (await position()).protocol === 'raft', 'it runs');
    await settled();
    await open('title = ');
    await until(() => button('Close the error').count(), 'an error card');
    assert.equal((await position()).protocol, 'raft');
  });
});

test('a file that is dropped is opened and can be saved as it was', async () => {
  await withPage({}, async (page, {press, position, settled, button}) => {
    await settled();
    const drop = (text) => page.evaluate((content) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], 'mine.toml'));
      const event = new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true});
      document.getElementById('stage').dispatchEvent(event);
      return event.defaultPrevented;
    }, text);
    const mine = '# mine: é\ntitle = "Mine"\nprotocols = ["raft"]\nduration = "1s"\n';
    assert.ok(await drop(mine));
    await until(async () => (await position()).protocol === 'raft', 'it runs');
    await settled();
    await press('Share');
    const [download] = await Promise.all([page.waitForEvent('download'), press('This scenario')]);
    assert.equal(readFileSync(await download.path(), 'utf8'), mine);
    await drop('#'.repeat(1_000_000));
    await until(() => button('Close the error').count(), 'an error card');
    assert.match(await page.locator('#mirror > p', {hasText: /^Error: /}).textContent(), /at most 262144 are read/);
    assert.equal((await position()).protocol, 'raft');
  });
});
