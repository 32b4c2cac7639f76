// The page in a frame of another site: who may drive it, and what it answers.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, test} from 'node:test';
import {start, stop, until} from './page.mjs';

let school;  // a site of another origin with an empty page

before(async () => {
  await start();
  school = createServer((_, response) => response.writeHead(200, {'content-type': 'text/html'}).end('<!doctype html><title>School</title>'));
  await new Promise((resolve) => school.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  school.close();
  await stop();
});

/** `body(ask, notices)` runs on the school's page with Paxoscope in a frame; `ask(call, …)` gives the reply. */
async function withFrame(named, body) {
  const {server, browser} = await start();
  const context = await browser.newContext({viewport: {width: 1440, height: 900}, reducedMotion: 'reduce'});
  try {
    const page = await context.newPage();
    const origin = `http://127.0.0.1:${school.address().port}`;
    await page.goto(origin);
    const query = named ? `?parent=${encodeURIComponent(named === 'school' ? origin : named)}` : '';
    await page.evaluate((source) => {
      window.heard = [];
      window.addEventListener('message', ({data}) => window.heard.push(data));
      const frame = document.createElement('iframe');
      frame.src = source;
      frame.style.cssText = 'width: 1300px; height: 800px';
      document.body.append(frame);
    }, `${server.address}${query}#v1/quorum-loss/omnipaxos?seed=1`);
    await until(() => page.frames()[1]?.evaluate(() => Boolean(window.paxoscope)).catch(() => false), 'the app starts in the frame');
    let number = 0;
    const post = (message) => page.evaluate((posted) => document.querySelector('iframe').contentWindow.postMessage(posted, '*'), message);
    const ask = async (call, ...given) => {
      const id = ++number;
      await post({paxoscope: 1, id, call, arguments: given});
      return until(() => page.evaluate((wanted) => window.heard.find((reply) => reply.id === wanted), id), `an answer to ${call}`);
    };
    const notices = () => page.evaluate(() => window.heard.filter(({notice}) => notice));
    await body({ask, notices, post, page, frame: page.frames()[1]});
  } finally {
    await context.close();
  }
}

test('the page that a frame\'s address names drives it and hears where it stands', async () => {
  await withFrame('school', async ({ask, notices}) => {
    await until(async () => (await notices()).some(({notice}) => notice === 'ready'), 'ready is told');
    assert.equal((await ask('seek', 100)).result, true);
    assert.equal((await ask('position')).result.event, 100);
    await until(async () => (await notices()).some(({notice, position}) => notice === 'moved' && position.event === 100), 'the move is told');
    assert.equal((await ask('observe')).result.servers.length, 5);
    assert.match((await ask('permalink')).result, /^#v1\/quorum-loss\/omnipaxos\?seed=1&at=100/);
    await ask('open', '#v1/raft-replace-one/raft?seed=2&at=50');
    const {result} = await ask('position');
    assert.deepEqual([result.scenario, result.protocol, result.event], ['raft-replace-one', 'raft', 50]);
  });
});

test('what it does not understand it answers with one sentence', async () => {
  await withFrame('school', async ({ask, post, page}) => {
    assert.match((await ask('delete')).error, /no call 'delete'/);
    assert.match((await ask('constructor')).error, /no call/);
    assert.match((await ask('perform', 'make coffee')).error, /\w/);
    assert.match((await ask('open', '#v9/x')).error, /not understood/);
    assert.match((await ask('step', 1, 2, 3)).error, /at most 2/);
    await post({paxoscope: 2, id: 'later', call: 'position'});
    const reply = await until(() => page.evaluate(() => window.heard.find(({id}) => id === 'later')), 'an answer to another version');
    assert.match(reply.error, /version 1/);
  });
});

for (const [named, who] of [['', 'nobody'], ['https://elsewhere.example', 'another site']]) {
  test(`a page that the address does not name is not heard: it names ${who}`, async () => {
    await withFrame(named, async ({post, page, frame}) => {
      const before = await frame.evaluate(() => window.paxoscope.simulation.position().event);
      await post({paxoscope: 1, id: 1, call: 'seek', arguments: [500]});
      // The frame has handled what was posted to it once it has answered something posted later.
      await frame.evaluate(() => new Promise((resolve) => { const {port1, port2} = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(0); }));
      await frame.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      assert.equal(await frame.evaluate(() => window.paxoscope.simulation.position().event), before);
      assert.deepEqual(await page.evaluate(() => window.heard), []);
    });
  });
}
