// The texts of the scenarios. The first is part of the app; the others come in one file, when one of them is wanted or
// when a person begins to use the page, so that later choices need no network.

const kFile = 'scenarios.json';

/** Gives the app all texts, as far as they have arrived. */
export function createLibrary(app) {
  const scenarios = app.builtinScenarios();
  app.builtinScenarios = () => scenarios;
  let arriving = null;
  let here = false;
  let arrive;
  const arrived = new Promise((resolve) => { arrive = resolve; });

  async function download() {
    const response = await fetch(new URL(kFile, import.meta.url), {credentials: 'same-origin'});
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`.trim());
    const texts = await response.json();
    for (const scenario of scenarios) scenario.toml ||= texts[scenario.id];
    here = true;
    arrive(kFile);
  }

  /** Resolves when all texts are here. What failed is tried again by the next call. */
  function fetchTexts() {
    arriving ??= download().catch((error) => {
      arriving = null;
      throw new Error(`The scenarios could not be loaded: ${error.message}`);
    });
    return arriving;
  }

  for (const sign of ['pointerdown', 'keydown']) {
    window.addEventListener(sign, () => fetchTexts().catch(() => {}), {once: true, capture: true, passive: true});
  }

  return {
    fetchTexts,
    /** Resolves to the file's name once it is here. */
    arrived,
    busy: () => arriving !== null && !here,
    first: scenarios[0]?.id,
    /** {id, toml} of the scenario with this id. */
    async find(id) {
      const found = scenarios.find((scenario) => scenario.id === id);
      if (!found) throw new Error(`There is no scenario named '${id}'.`);
      if (!found.toml) await fetchTexts();
      return found;
    },
  };
}
