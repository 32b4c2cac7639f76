// The headless module under Node: the public class, its errors, and the same numbers as the native command.
import assert from 'node:assert/strict';
import path from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {kSite, nativeBuilds, replay, runCommand} from './native.mjs';

const {default: createPaxoscope, decodeLink, encodeLink} =
  await import(pathToFileURL(path.join(kSite, 'paxoscope.js')).href);
const {Simulation} = await createPaxoscope();
const kScenarios = Simulation.builtin().map((scenario) => scenario.id);

function withRun(id, options, body) {
  const run = Simulation.fromBuiltin(id, options);
  try {
    return body(run);
  } finally {
    run.delete();
  }
}

test('the five first scenarios come with the module', () => {
  assert.deepEqual(kScenarios.slice(0, 5),
    ['steady-replication', 'leader-crash', 'quorum-loss', 'constrained-election', 'chained']);
  assert.ok(Simulation.protocols().includes('omnipaxos'));
});

for (const id of kScenarios) {
  test(`${id}: same summary as the native command, seeds 1 to 3`, () => {
    for (const seed of ['1', '2', '3']) {
      withRun(id, {seed}, (run) => {
        run.runToEnd();
        const native = runCommand(id, '--seed', seed);
        assert.deepEqual({...run.summary(), scenario: id}, {...native, scenario: id});
      });
    }
  });
}

test('same state hash in every native build and in WebAssembly, with a journal', (t) => {
  const builds = nativeBuilds();
  assert.ok(builds.includes('native'), 'build/native/replay was not built');
  t.diagnostic(`compared with ${builds.join(', ')}`);
  for (const id of kScenarios) {
    withRun(id, {seed: '18446744073709551615'}, (run) => {
      // Scenarios crash servers of their own: act on those that are as the action needs them.
      const are = (status) =>
        run.observe().servers.filter((server) => server.status === status).map((server) => server.label);
      run.runUntil(400_000);
      run.perform('cut A-B');
      run.runUntil(600_000);
      const crashed = are('up').at(-1);
      run.perform(`crash ${crashed}`);
      run.step('event');
      run.perform(`propose ${are('up')[0]} from-the-test`);
      run.runUntil(900_000);
      const restarts = are('down').includes(crashed);
      if (restarts) run.perform(`restart ${crashed}`);
      run.perform('heal all');
      // A violation stops a run, and whoever looks on goes on.
      for (let before = null; before !== run.position().event;) {
        before = run.position().event;
        run.runUntil(1_500_000);
      }
      const {stateHash, event, journal} = run.position();
      const decided = run.observe().servers.map((server) => server.decidedIndex);
      assert.equal(journal.trim().split('\n').length, restarts ? 5 : 4);
      for (const build of builds) {
        assert.deepEqual(replay(build, id, '18446744073709551615', journal, 1_500_000), {stateHash, event, decided},
          `${id} in ${build}`);
      }
    });
  }
});

test('different seeds give different runs', () => {
  const hashes = ['1', '2'].map((seed) => withRun('leader-crash', {seed}, (run) => run.runToEnd() && run.stateHash()));
  assert.notEqual(hashes[0], hashes[1]);
});

test('stepping back and forth comes to the same states', () => {
  withRun('quorum-loss', {}, (run) => {
    const hashes = [run.stateHash()];
    for (let i = 0; i < 60; ++i) {
      assert.ok(run.step('event'));
      hashes.push(run.stateHash());
    }
    for (let i = 59; i >= 0; --i) {
      assert.ok(run.stepBack('event'));
      assert.equal(run.stateHash(), hashes[i]);
    }
    assert.equal(run.stepBack('event'), false);
    run.seek(60);
    assert.equal(run.stateHash(), hashes[60]);
  });
});

test('each step unit moves on', () => {
  for (const unit of ['event', 'delivery', 'change', 'decided', 'leader', 'narration']) {
    withRun('leader-crash', {}, (run) => {
      const before = run.position().event;
      assert.ok(run.step(unit), unit);
      assert.ok(run.position().event > before, unit);
    });
  }
});

test('an observation is made of plain values', () => {
  withRun('quorum-loss', {}, (run) => {
    run.runUntil(500_000);
    const seen = run.observe({first: 1, count: 4});
    assert.deepEqual(JSON.parse(JSON.stringify(seen)), seen);
    assert.deepEqual(seen.servers.map((server) => server.label), ['A', 'B', 'C', 'D', 'E']);
    assert.equal(seen.servers[0].cells.length, 4);
    assert.equal(seen.links.length, 20);
    assert.ok(seen.servers.every((server) => server.fields.length > 3));
    assert.ok(seen.checks.every((check) => check.holds));
    for (const name of ['futures', 'operations', 'stores']) assert.ok(Array.isArray(seen[name]), name);
    assert.ok(seen.servers.every((server) => server.snapshotTo === 0));
    assert.ok(seen.servers[0].cells.every((cell) => cell.attemptId > 0));
    assert.ok(run.pending().length > 0);
    assert.equal(typeof run.lesson()[0].title, 'string');
    assert.deepEqual(run.violations(), []);
  });
});

test('what is not on disk yet, what a snapshot stands for and what a message carries are told', () => {
  const slowDisk = Simulation.fromScenario(`
title = "Slow disks"
protocols = ["omnipaxos"]
duration = "1s"
[cluster]
servers = 3
[disk]
latency = ["5ms", "9ms"]
[[client]]
server = "A"
start = "100ms"
think = "20ms"
`);
  const onDisk = () => slowDisk.observe().servers.some((server) => server.fields.some((field) => field.onDisk !== undefined));
  while (!onDisk() && slowDisk.step('event'));
  assert.ok(onDisk());
  slowDisk.delete();
  withRun('snapshot', {}, (run) => {
    run.runToEnd();
    assert.ok(run.observe().servers.some((server) => server.snapshotTo > 0));
  });
  withRun('steady-replication', {}, (run) => {
    let accept;
    while (!accept && run.step('event')) accept = run.observe().messages.find((message) => message.name === 'Accept');
    assert.ok(accept.attempts.length > 0);
    const log = run.observe({first: 1, count: 64}).servers.find((server) => server.label === accept.from).cells;
    assert.ok(accept.attempts.every((attempt) => log.some((cell) => cell.attemptId === attempt)));
  });
});

test('what is pending can be made to happen', () => {
  withRun('steady-replication', {}, (run) => {
    const before = run.position();
    const [first] = run.pending().filter((item) => item.action.startsWith('deliver'));
    run.perform(first.action);
    assert.equal(run.position().event, before.event + 1);
    assert.ok(!run.pending().some((item) => item.id === first.id));
  });
});

test('acting in the past replaces what came after, and undo brings it back', () => {
  withRun('steady-replication', {}, (run) => {
    run.seek(40);
    const before = run.stateHash();
    run.seek(10);
    run.perform('crash B');
    assert.equal(run.observe().servers[1].status, 'down');
    assert.ok(run.undo());
    run.seek(40);
    assert.equal(run.stateHash(), before);
  });
});

test('a permalink brings back the same state', async () => {
  const run = Simulation.fromBuiltin('chained', {seed: 7});
  run.seek(50);
  run.perform('cut A-B');
  run.seek(120);
  const link = await decodeLink(await run.permalink());
  assert.equal(link.scenario, 'chained');
  const copy = Simulation.fromBuiltin(link.scenario, link);
  copy.seek(link.at);
  assert.equal(copy.stateHash(), run.stateHash());
  run.delete();
  copy.delete();
});

test('a permalink carries an own scenario', async () => {
  const text = Simulation.builtin()[0].toml.replace('Steady', 'Own');
  const run = Simulation.fromScenario(text, {seed: 3});
  const link = await decodeLink(await run.permalink());
  assert.equal(link.source, text);
  assert.equal(link.seed, '3');
  run.delete();
});

test('bad links give one sentence', async () => {
  for (const hash of ['#v2/x', '#nonsense', '#v1/a/b?at=-1', '#v1/a/b?at=1e9', '#v1/a/b?d=%%%', '#v1/%/b',
    '#v1/~/b?s=AAAA', '#v1/a/b?d=a']) {
    await assert.rejects(decodeLink(hash), (error) => error.message.length > 10 && !error.message.includes('\n'), hash);
  }
  const bomb = await encodeLink({protocol: 'omnipaxos', source: 'a'.repeat(200_000)});
  assert.equal((await decodeLink(bomb)).source.length, 200_000);
  const packed = new Response(new Blob(['a'.repeat(5_000_000)]).stream().pipeThrough(
    new CompressionStream('deflate')));
  const data = Buffer.from(await packed.arrayBuffer()).toString('base64url');
  await assert.rejects(decodeLink(`#v1/~/omnipaxos?s=${data}`), /longer than/);
});

test('bad input throws an Error with the sentence of the loader', () => {
  const good = Simulation.builtin()[0].toml;
  for (const [text, expected] of [
    ['title = ', /x\.toml:1:\d+: /],
    [`unknown_key = 1\n${good}`, /x\.toml:1:\d+: .*unknown_key/],
    [good.replace(/^title = .*$/m, 'title = 5'), /x\.toml:\d+:\d+: /],
    [`${good}\0`, /x\.toml:\d+:\d+: /],
    ['['.repeat(100_000), /x\.toml:\d+:\d+: /],
    ['a'.repeat(10_000_000), /x\.toml:1:1: /],
    ['', /x\.toml/],
  ]) {
    assert.throws(() => Simulation.fromScenario(text, {name: 'x.toml'}),
      (error) => error instanceof Error && expected.test(error.message) && !error.message.includes('\n'),
      text.slice(0, 60));
  }
});

test('bad options and actions throw', () => {
  const good = Simulation.builtin()[0].toml;
  for (const options of [{protocol: 'nonsense'}, {seed: '-1'}, {seed: 'x'}, {seed: 1.5}, {off: ['nonsense']},
    {journal: 'x'}, {journal: '5 crash A\n3 crash B\n'}, {journal: '5 eat A\n'}]) {
    assert.throws(() => Simulation.fromScenario(good, options), Error, JSON.stringify(options));
  }
  withRun('steady-replication', {}, (run) => {
    const before = run.stateHash();
    for (const action of ['', 'crash Z', 'cut A-A', 'nonsense', 'deliver 999999', 'x'.repeat(100_000)]) {
      assert.throws(() => run.perform(action), Error, action.slice(0, 20));
    }
    assert.throws(() => run.step('nonsense'), Error);
    assert.throws(() => run.runUntil(-1), Error);
    assert.throws(() => run.runUntil(NaN), Error);
    assert.throws(() => run.seek(1.5), Error);
    assert.equal(run.stateHash(), before);
  });
});

test('a deleted simulation says so', () => {
  const run = Simulation.fromBuiltin(kScenarios[0]);
  run.delete();
  run.delete();
  assert.throws(() => run.step(), /deleted/);
});

test('instances share nothing', async () => {
  const other = await createPaxoscope();
  const first = Simulation.fromBuiltin('chained');
  const second = other.Simulation.fromBuiltin('chained');
  first.runToEnd();
  assert.equal(second.position().event, 0);
  second.runToEnd();
  assert.equal(second.stateHash(), first.stateHash());
  first.delete();
  second.delete();
});
