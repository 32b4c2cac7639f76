// What a frame and a jump cost the processor, printed. Machines differ, so nothing here is asserted as a time; what is
// asserted is that the work was there.
import assert from 'node:assert/strict';
import {deflateSync} from 'node:zlib';
import {after, test} from 'node:test';
import {start, stop, withPage} from './page.mjs';

await start();
after(stop);

const own = (protocol, toml) => `#v1/~/${protocol}?seed=1&s=${deflateSync(toml).toString('base64url')}`;

const crowd = (clients, every) => `title = "Crowded"
duration = "20s"
[cluster]
servers = 9
first_leader = "A"
election_timeout = "2s"
[network]
latency = ["300ms", "400ms"]
${`[[client]]\nserver = "A"\nloop = "open"\nevery = "${every}"\noutstanding = 64\ntimeout = "10s"\n`.repeat(clients)}`;

const kLong = `title = "Long"
duration = "60s"
[cluster]
servers = 3
first_leader = "A"
[network]
latency = "1ms"
${'[[client]]\nserver = "A"\nloop = "open"\nevery = "1ms"\noutstanding = 64\n'.repeat(4)}`;

/** Processor time of frames, ms: laying out, describing and listing what is to be drawn. The graphics are software here. */
async function frameCost(page, frames) {
  return page.evaluate(async (wanted) => {
    const {paxoscope} = window;
    const costs = [];
    for (let i = 0; i < wanted + 5; ++i) {
      await new Promise(requestAnimationFrame);
      const cost = paxoscope.frameCost();
      if (i >= 5) costs.push(cost);
    }
    return costs;
  }, frames);
}

function told(t, what, costs, aim) {
  const sorted = [...costs].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(2);
  t.diagnostic(`| ${what.padEnd(44)} median ${at(0.5)} ms, 99 % ${at(0.99)} ms, aim ${aim} ms (${sorted.length} samples)`);
}

test('a frame of five servers', async (t) => {
  await withPage({hash: '#v1/quorum-loss/omnipaxos?seed=1&at=936'}, async (page, {settled, observe}) => {
    await settled();
    assert.equal((await observe()).servers.length, 5);
    told(t, 'frame, 5 servers', await frameCost(page, 100), 2);
  });
});

for (const [clients, every, wanted] of [[4, '3ms', 1000], [8, '2ms', 2000]]) {
  test(`a frame of nine servers with ${wanted} messages in flight`, async (t) => {
    await withPage({hash: own('omnipaxos', crowd(clients, every))}, async (page, {settled, observe}) => {
      await page.evaluate(() => window.paxoscope.simulation.runUntil(5_000_000));
      await settled();
      const {messages, servers} = await observe();
      assert.equal(servers.length, 9);
      assert.ok(messages.length >= wanted, `${messages.length} messages`);
      told(t, `frame, 9 servers, ${messages.length} messages`, await frameCost(page, 100), 4);
    });
  });
}

test('a frame with ten thousand log entries, and jumps in a run of a hundred thousand events', async (t) => {
  await withPage({hash: own('omnipaxos', kLong)}, async (page, {settled, observe, position}) => {
    const toldAt = async (events, entries) => {
      await page.evaluate((wanted) => {
        const {simulation} = window.paxoscope;
        for (let us = 0; simulation.position().event < wanted && us < 60_000_000; us += 100_000) simulation.runUntil(us);
      }, events);
      await settled();
      const {servers} = await observe();
      assert.ok(servers.every((server) => server.logLength >= entries), JSON.stringify(servers.map((s) => s.logLength)));
      told(t, `frame, ${servers[0].logLength} entries`, await frameCost(page, 100), 4);
    };
    await toldAt(70_000, 10_000);
    await toldAt(101_000, 14_000);
    const {event} = await position();
    assert.ok(event >= 100_000, `${event} events`);
    const jumps = await page.evaluate((last) => {
      const {simulation} = window.paxoscope;
      const costs = [];
      let random = 12345;
      for (let i = 0; i < 60; ++i) {
        random = (random * 1103515245 + 12345) % 2147483648;
        const before = performance.now();
        simulation.seek(random % last);
        costs.push(performance.now() - before);
      }
      return costs;
    }, event);
    told(t, `seek in a run of ${event} events`, jumps, 16);
  });
});
