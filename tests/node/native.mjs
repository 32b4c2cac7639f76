// Runs the native programs for comparisons with WebAssembly.
import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

export const kRoot = fileURLToPath(new URL('../..', import.meta.url));
export const kSite = process.env.PAXOSCOPE_SITE ?? path.join(kRoot, 'build/web');

/** Native builds that exist, by preset. `native` must; the others count where they were built. */
export function nativeBuilds() {
  return ['native', 'clang', 'asan'].filter((preset) => existsSync(path.join(kRoot, 'build', preset, 'replay')));
}

/** {stateHash, event, decided} of a scenario played natively with a journal. */
export function replay(preset, scenario, seed, journal, untilUs) {
  const folder = mkdtempSync(path.join(tmpdir(), 'paxoscope-'));
  try {
    const file = path.join(folder, 'journal');
    writeFileSync(file, journal);
    const output = execFileSync(path.join(kRoot, 'build', preset, 'replay'),
      [path.join(kRoot, 'scenarios', `${scenario}.toml`), String(seed), file, String(untilUs)], {encoding: 'utf8'});
    return JSON.parse(output);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** What `paxoscope run … --json` prints. */
export function runCommand(scenario, ...options) {
  const file = path.join(kRoot, 'scenarios', `${scenario}.toml`);
  return JSON.parse(execFileSync(path.join(kRoot, 'build/native/paxoscope'), ['run', file, '--json', ...options],
    {encoding: 'utf8'}));
}
