// The address says which run is shown and where it stands; opening an address shows that run.
import {decodeLink} from './link.js';

const kSettleMs = 300;
const kStride = 20_000;

/**
 * Follows the hash, and writes it while the page rests (browsers limit how often it may change). `library` has the
 * scenarios.
 */
export function watchAddress(app, simulation, library, wake) {
  let timer = 0;
  let written = null;
  let asked = 0;

  async function open(link) {
    const mine = ++asked;
    const chosen = link.source !== null ? {id: '', toml: link.source} : await library.find(link.scenario);
    if (mine !== asked) return;  // something else was asked for meanwhile
    simulation.load(chosen.toml, {
      name: chosen.id, protocol: link.protocol, seed: link.seed, off: link.off, servers: link.servers,
      journal: link.journal,
    });
    await goTo(link.at, mine);
  }

  /** In strides, so that a far moment does not hold the page up; events beyond the end are not there. */
  async function goTo(event, mine) {
    for (let at = Math.min(kStride, event); simulation.seek(at) && at < event; at = Math.min(at + kStride, event)) {
      await new Promise((resolve) => setTimeout(resolve));
      if (mine !== asked) return;
    }
  }

  const plain = (scenario) => ({scenario, protocol: '', source: null, at: 0});

  async function show(readLink) {
    try {
      await open(await readLink());
    } catch (error) {
      // Behind the card the first scenario is there to go on with.
      if (!simulation.position() && library.first) await open(plain(library.first));
      app.showError(error.message);
    }
    wake();
  }

  const follow = () => show(async () => await decodeLink(location.hash) ?? plain(library.first));

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
    /** Shows what a link's hash says, or throws an Error with the reason. */
    async openLink(hash) {
      const link = await decodeLink(hash);
      if (!link) throw new Error('A link begins with #v1/: this one is empty.');
      await open(link);
      wake();
    },
    /** Opens a scenario of one's own. */
    openText: (toml) => show(() => ({...plain(''), source: toml})),
    /** Opens a scenario by id, as its file has it. */
    openScenario: (id) => show(() => plain(id)),
    update() {
      clearTimeout(timer);
      timer = setTimeout(write, kSettleMs);
    },
  };
}
