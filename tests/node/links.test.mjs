// Links between the module and the native command: random journals give the same states both ways.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import path from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {kRoot, kSite} from './native.mjs';

const {default: createPaxoscope, decodeLink} = await import(pathToFileURL(path.join(kSite, 'paxoscope.js')).href);
const {Simulation} = await createPaxoscope();
const kCommand = path.join(kRoot, 'build/native/paxoscope');
const kRuns = 1000;

/** The same numbers every time (xorshift). */
function createRandom(seed) {
  let state = seed;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return {
    below: (count) => next() % count,
    chance: (percent) => next() % 100 < percent,
    pick: (list) => list[next() % list.length],
    seed64: () => ((BigInt(next()) << 32n) | BigInt(next())).toString(),
  };
}

const kSwitches = new Map(Simulation.protocols().map((protocol) => [protocol,
  JSON.parse(execFileSync(kCommand, ['rules', '--protocol', protocol, '--json'], {encoding: 'utf8'}))
    .rules.flatMap((rule) => rule.switches.map((one) => one.id))]));

const kFirstProtocol = new Map(Simulation.builtin().map(({id}) => {
  const run = Simulation.fromBuiltin(id);
  const {protocol} = run.position();
  run.delete();
  return [id, protocol];
}));

/** Something that a person may try; it need not be possible here. */
function anyAction(random, run, labels) {
  const server = random.pick(labels), other = random.pick(labels);
  const pending = run.pending().filter((item) => item.action).map((item) => item.action);
  return random.pick([
    `cut ${server}-${other}`, `cut ${server}>${other}`, `heal ${server}-${other}`, 'heal all', `isolate ${server}`,
    `only ${server}`, `partition ${server},${other}`, `crash ${server}`, `restart ${server}`, `pause ${server}`,
    `resume ${server}`, `wipe ${server}`, `propose ${server} x=${random.below(100)}`, `propose ${server} é√ & +%`,
    `latency ${server}-${other} ${1 + random.below(40)}ms`, `loss ${server}>${other} ${random.below(101)}%`,
    `duplication ${server}-${other} ${random.below(50)}%`, `clock ${server} +${random.below(300)}ms`,
    `rate ${server} ${random.below(1000)}ppm`, `disk ${server} full`, `snapshot all`,
    ...(pending.length ? [random.pick(pending), random.pick(pending)] : []),
  ]);
}

/** Plays on for a while and acts now and then. */
function wander(random, run) {
  const labels = run.observe().servers.map((server) => server.label);
  let event = 0;
  for (let tries = random.below(9); tries > 0; --tries) {
    event += random.below(40);
    run.seek(event);
    if (run.position().event < event) break;  // the scenario has ended
    try {
      run.perform(anyAction(random, run, labels));
    } catch {
      continue;  // not possible here
    }
    event = run.position().event;
  }
  run.seek(event + 1 + random.below(60));
}

async function makeLink(random, number) {
  const scenario = random.pick(Simulation.builtin());
  const protocol = random.chance(30) ? random.pick(Simulation.protocols()) : kFirstProtocol.get(scenario.id);
  const options = {
    protocol, seed: random.seed64(), servers: random.chance(25) ? 1 + random.below(9) : 0,
    off: random.chance(30) ? [random.pick(kSwitches.get(protocol)), random.pick(kSwitches.get(protocol))] : [],
  };
  const own = number % 8 === 0;
  const run = own ? Simulation.fromScenario(`# own ⟨${number}⟩\n${scenario.toml}`, options)
    : Simulation.fromBuiltin(scenario.id, options);
  wander(random, run);
  const {stateHash, event, journal} = run.position();
  const link = await run.permalink();
  run.delete();
  // Nothing happens without clients and rivals; such a link names no moment, and the command plays on.
  if (event === 0) return makeLink(random, number);
  return {link, stateHash, event, own, actions: journal.split('\n').length - 1, protocol};
}

async function openLink(hash) {
  const link = await decodeLink(hash);
  const run = link.source === null ? Simulation.fromBuiltin(link.scenario, link) : Simulation.fromScenario(link.source, link);
  try {
    run.seek(link.at);
    return run.stateHash();
  } finally {
    run.delete();
  }
}

test(`${kRuns} random journals: the native command is in the same state, and its links bring the same state back`, async (t) => {
  const random = createRandom(20261128);
  const made = [];
  for (let i = 0; i < kRuns; ++i) made.push(await makeLink(random, i));
  const result = spawnSync(kCommand, ['run', '--link', '-', '--json', '--print-link'],
    {input: made.map(({link}) => `${link}\n`).join(''), encoding: 'utf8', maxBuffer: 1 << 28});
  const native = result.stdout.trim().split('\n').map((line) => JSON.parse(line));
  for (const [i, {error}] of native.entries()) assert.equal(error, undefined, made[i].link);
  assert.ok(result.status === 0 || result.status === 1, result.stderr);  // 1: an expectation was broken on the way
  assert.equal(native.length, kRuns);
  for (const [i, {link, stateHash, event, own}] of made.entries()) {
    assert.deepEqual({stateHash: native[i].state_hash, event: native[i].events}, {stateHash, event}, link);
    // Packed texts may differ by the packer.
    if (!own) assert.equal(native[i].link, link);
    assert.equal(await openLink(native[i].link), stateHash, native[i].link);
  }
  const count = (holds) => made.filter(holds).length;
  const families = new Set(made.map(({protocol}) => protocol));
  assert.deepEqual([...families].sort(), [...Simulation.protocols()].sort());
  assert.ok(count(({actions}) => actions > 0) > kRuns / 2);
  t.diagnostic(`| ${count(({actions}) => actions > 0)} with actions, ${made.reduce((n, {actions}) => n + actions, 0)} in all, ` +
    `${count(({own}) => own)} own scenarios, ${new Set(made.map(({stateHash}) => stateHash)).size} different states`);
});
