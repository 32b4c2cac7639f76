// The headless module for browsers, Workers and Node:
//
//   import createPaxoscope from './paxoscope.js';
//   const {Simulation} = await createPaxoscope();
//   const run = Simulation.fromBuiltin('quorum-loss', {seed: 7});
import createEngine from './engine.mjs';
import {loadModule} from './loader.js';
import {simulationClass} from './simulation.js';

export {decodeLink, encodeLink} from './link.js';

/** Loads the engine once more; instances share nothing. `onProgress(bytes)` hears the download. */
export default async function createPaxoscope({onProgress} = {}) {
  const module = await loadModule(createEngine, new URL('./engine.wasm', import.meta.url), {onProgress});
  return {Simulation: simulationClass(module), bench: () => module.bench()};
}
