// A page that shows this one in a frame drives it by messages, and hears where it stands. The messages are
// EmbedRequest, EmbedReply and EmbedNotice in paxoscope.d.ts.

const kVersion = 1;
const kMostArguments = 2, kMostCharacters = 256 * 1024;
const kCalls = ['step', 'stepBack', 'runUntil', 'seek', 'runToEnd', 'perform', 'undo', 'observe', 'pending', 'violations',
  'lesson', 'summary', 'position', 'permalink'];

/** Who may drive the page: its own origin, and those that the frame's address names, as ?parent=https://school.example */
function allowedOrigins() {
  return new Set([location.origin, ...new URLSearchParams(location.search).getAll('parent')]);
}

/** The origin of the page around this one, or '' where the browser does not say. */
function originAround() {
  if (location.ancestorOrigins) return location.ancestorOrigins[0] ?? '';
  return document.referrer && new URL(document.referrer).origin;
}

function checked(message) {
  if (message.paxoscope !== kVersion) throw new Error(`This page speaks version ${kVersion} of the protocol.`);
  const given = message.arguments ?? [];
  if (!Array.isArray(given) || given.length > kMostArguments || JSON.stringify(given).length > kMostCharacters) {
    throw new Error(`'arguments' is a list of at most ${kMostArguments}, of ${kMostCharacters} characters together.`);
  }
  return given;
}

/**
 * Answers the page around this one, if there is one. `open(hash)` shows another run; `wake()` draws it. Returns what says
 * that a frame was drawn.
 */
export function answerParent(simulation, app, {open, wake}) {
  const parent = window.parent;
  if (parent === window) return {afterFrame() {}};
  const allowed = allowedOrigins();
  let told = '';
  let hears = originAround();  // a browser that does not say: its first message does

  async function call(name, given) {
    if (name === 'open') return void await open(String(given[0] ?? ''));
    if (name === 'play') return void app.play(given[0] !== false);
    if (!kCalls.includes(name)) throw new Error(`There is no call '${name}'.`);
    return simulation[name](...given);
  }

  window.addEventListener('message', async (event) => {
    const {data, origin} = event;
    if (event.source !== parent || !allowed.has(origin) || typeof data !== 'object' || data?.paxoscope === undefined) return;
    hears = origin;
    const reply = {paxoscope: kVersion, id: data.id};
    try {
      reply.result = await call(data.call, checked(data));
    } catch (error) {
      reply.error = error.message;
    }
    parent.postMessage(reply, origin);
    wake();
  });

  return {
    /** Tells where the run stands when that has changed. */
    afterFrame() {
      const at = allowed.has(hears) && simulation.position();
      if (!at) return;
      const now = `${at.scenario} ${at.event} ${at.stateHash}`;
      if (now === told) return;
      parent.postMessage({paxoscope: kVersion, notice: told ? 'moved' : 'ready', position: at}, hears);
      told = now;
    },
  };
}
