// Starts the page: downloads the app, opens the canvas, joins listeners, frames, mirror and address.
import createApp from './app.mjs';
import {loadModule} from './loader.js';
import {simulationClass} from './simulation.js';
import {watchAddress} from './address.js';
import {watchCanvasSize} from './canvas.js';
import {say, showFailure, showProgress, startScreen} from './cards.js';
import {answerParent} from './embed.js';
import {createFrames} from './frames.js';
import {listenToKeys} from './keyboard.js';
import {createLibrary} from './library.js';
import {createMirror} from './mirror.js';
import {keepForNextVisit} from './offline.js';
import {listenToPointer} from './pointer.js';
import {rememberSettings} from './settings.js';
import {createShare} from './share.js';
import {createTextField} from './textfield.js';
import {createTextView} from './textview.js';
import {watchTheme} from './theme.js';
import {unpacking} from './unpack.js';

const screen = document.getElementById('screen');
const canvas = document.getElementById('stage');

function copyToClipboard(text) {
  // Refused without a recent gesture or in a frame without permission; the text then stays in the app's own clipboard.
  navigator.clipboard?.writeText(text).catch(() => {});
}

async function start() {
  const app = await loadModule(createApp, new URL('./app.pack', import.meta.url),
    {unpacker: {url: new URL('./unpack.wasm', import.meta.url), unpacking}, onProgress: showProgress,
      onCopy: copyToClipboard, onScenario: (id) => address.openScenario(id),
      onShare: (kind, words) => (kind === 'text' ? text.toggle() : share.share(kind, words))});
  const drawable = app._ui_open() !== 0;
  const library = createLibrary(app);
  const Simulation = simulationClass(app);
  const simulation = new Simulation(app.shownEngine());
  const mirror = createMirror(app, canvas, () => frames.wake(), () => text.on());
  const field = createTextField(app, canvas, () => frames.wake());
  const settings = rememberSettings(app);
  const theme = watchTheme(app, () => frames.wake());
  const pointer = listenToPointer(app, screen, canvas, () => frames.wake());
  const frames = createFrames(app, canvas, {
    afterFrame() {
      share.afterFrame();
      pointer.showCursor();
      mirror.update();
      field.update();
      theme.update();
      parent.afterFrame();
    },
    onIdle() {
      address.update();
      settings.update();
    },
    onFailure(error) {
      showFailure('The simulator stopped', `${error.message} Reload the page to go on.`);
    },
  });
  listenToKeys(app, screen, canvas, () => frames.wake());
  const address = watchAddress(app, simulation, library, () => frames.wake());
  const share = createShare(simulation, canvas, {wake: () => frames.wake(), openText: (toml) => address.openText(toml)});
  const parent = answerParent(simulation, app, {open: (hash) => address.openLink(hash), wake: () => frames.wake()});
  watchCanvasSize(app, canvas, frames);
  const text = createTextView(app, screen, canvas, () => frames.wake(), !drawable);
  await address.follow();
  startScreen();
  if (!drawable) {
    say('This browser has no WebGL 2, or it is switched off: here is everything as text.', 20_000);
  }
  frames.wake();
  keepForNextVisit(library);

  // For the console and for tests.
  window.paxoscope = {
    Simulation,
    simulation,
    frames: () => app._ui_frames(),
    wake: () => frames.wake(),
    /** Draws a frame now; what it took up to the list for the graphics, ms. */
    frameCost() {
      app._ui_frame(performance.now());
      return app._ui_cost_ms();
    },
    idle: () => frames.idle() && !library.busy(),
    /** Resolves when the texts of all scenarios are here, for Simulation.builtin() and fromBuiltin(). */
    fetchScenarios: library.fetchTexts,
  };
}

start().catch((error) => {
  console.error(error);
  showFailure('The simulator could not be loaded', error.message);
});
