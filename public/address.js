// The address says which run is shown and where it stands; opening an address shows that run.
import {decodeLink} from './link.js';

const kSettleMs = 300;

/** Follows the hash, and writes it while the page rests (browsers limit how often it may change). */
export function watchAddress(app, simulation, wake) {
  let timer = 0;
  let written = null;

  function open(link) {
    const builtin = app.builtinScenarios();
    const chosen = link.source !== null ? {id: '', toml: link.source}
      : builtin.find((scenario) => scenario.id === link.scenario);
    if (!chosen) throw new Error(`There is no scenario named '${link.scenario}'.`);
    simulation.load(chosen.toml, {
      name: chosen.id, protocol: link.protocol, seed: link.seed, off: link.off, journal: link.journal,
    });
    simulation.seek(link.at);
  }

  async function follow() {
    const first = app.builtinScenarios()[0]?.id;
    try {
      open(await decodeLink(location.hash) ?? {scenario: first, protocol: '', source: null, at: 0});
    } catch (error) {
      // Behind the card the first scenario is there to go on with.
      if (!simulation.position() && first) open({scenario: first, protocol: '', source: null, at: 0});
      app.showError(error.message);
    }
    wake();
  }

  async function write() {
    if (app.playing() || !simulation.position()) return;
    const hash = await simulation.permalink();
    if (hash === written) return;
    written = hash;
    history.replaceState(null, '', hash);
  }

  window.addEventListener('hashchange', follow);
  return {
    follow,
    update() {
      clearTimeout(timer);
      timer = setTimeout(write, kSettleMs);
    },
  };
}
