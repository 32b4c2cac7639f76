// The public class over the WebAssembly engine: plain objects in and out, an Error where the engine returns a sentence.
import {encodeLink} from './link.js';

function unwrap(result) {
  if (result?.error !== undefined) throw new Error(result.error);
  return result;
}

function seedText(seed) {
  if (seed === undefined) return '';
  if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
    throw new Error('A seed is a whole number; above 2^53 write it as a string or a BigInt.');
  }
  return String(seed);
}

/** The `Simulation` class for one loaded module (the headless one or the page's). */
export function simulationClass(module) {
  return class Simulation {
    #engine;
    #toml = '';
    #own = true;

    constructor(engine) {
      this.#engine = engine;
    }

    /** Starts a scenario given as TOML text. Throws an Error with the loader's sentence. */
    static fromScenario(text, options = {}) {
      const simulation = new Simulation(new module.Engine());
      try {
        return simulation.load(text, options);
      } catch (error) {
        simulation.delete();
        throw error;
      }
    }

    /** Starts one of the scenarios that come with the module, by id. */
    static fromBuiltin(id, options = {}) {
      const scenario = Simulation.builtin().find((candidate) => candidate.id === id);
      if (!scenario) throw new Error(`There is no scenario named '${id}'.`);
      if (!scenario.toml) throw new Error(`The text of '${id}' is not here yet: await paxoscope.fetchScenarios() first.`);
      return Simulation.fromScenario(scenario.toml, {name: id, ...options});
    }

    static builtin() {
      return module.builtinScenarios();
    }

    static protocols() {
      return module.protocols();
    }

    /** Replaces the run by another scenario. */
    load(text, {name = '', protocol = '', seed, off = [], servers = 0, journal = ''} = {}) {
      const list = typeof off === 'string' ? off : off.join(',');
      unwrap(this.#alive.load(text, {name, protocol, seed: seedText(seed), off: list, servers, journal}));
      this.#own = !module.builtinScenarios().some((scenario) => scenario.id === name && scenario.toml === text);
      this.#toml = text;
      return this;
    }

    get #alive() {
      if (!this.#engine) throw new Error('This simulation was deleted.');
      return this.#engine;
    }

    step(unit = 'event') {
      return unwrap(this.#alive.step(unit)).moved;
    }
    stepBack(unit = 'event') {
      return unwrap(this.#alive.stepBack(unit)).moved;
    }
    runUntil(timeUs) {
      return unwrap(this.#alive.runUntil(timeUs)).moved;
    }
    seek(event) {
      return unwrap(this.#alive.seek(event)).moved;
    }
    runToEnd() {
      return unwrap(this.#alive.runToEnd()).moved;
    }
    perform(action) {
      unwrap(this.#alive.perform(action));
    }
    undo() {
      return unwrap(this.#alive.undo()).moved;
    }

    observe({first = 1, count = 16} = {}) {
      return this.#alive.observe(first, count);
    }
    pending() {
      return this.#alive.pending();
    }
    violations() {
      return this.#alive.violations();
    }
    lesson() {
      return this.#alive.lesson();
    }
    summary() {
      return this.#alive.summary();
    }
    position() {
      return this.#alive.position();
    }
    stateHash() {
      return this.#alive.position()?.stateHash;
    }

    /** The text that the run was loaded from. */
    toml() {
      return this.#toml;
    }

    /** The URL hash that brings another person to this very moment: `#v1/…`. */
    async permalink() {
      const position = this.#alive.position();
      if (!position) throw new Error('No scenario is loaded.');
      return encodeLink({...position, at: position.event, source: this.#own ? this.#toml : null});
    }

    /** Frees the run. Simulations live in WebAssembly memory, which no garbage collector sees. */
    delete() {
      this.#engine?.delete();
      this.#engine = null;
    }
  };
}
