// What a person takes along: a link, a report, pictures and texts for other tools; and a scenario file they bring.
import {say} from './cards.js';

const kTypes = {
  svg: ['svg', 'image/svg+xml'],
  stage: ['stage.svg', 'image/svg+xml'],
  mermaid: ['mmd', 'text/plain'],
  shiviz: ['shiviz.log', 'text/plain'],
  trace: ['jsonl', 'application/jsonl'],
  toml: ['toml', 'application/toml'],
};
// A little more than a scenario may have: the loader says so.
const kMaxFileBytes = 256 * 1024 + 1;
const kSayMs = 4000;
// The menu that asked is gone from the second frame on.
const kFramesToPicture = 2;

function save(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(`Saved as ${name}`, kSayMs);
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`, kSayMs);
  } catch {
    say(`The browser does not let this page copy. ${what}: ${text}`, 10 * kSayMs);
  }
}

/** `openText(toml)` shows a scenario of one's own. */
export function createShare(simulation, canvas, {wake, openText}) {
  let picture = 0;
  const name = (ending) => `${simulation.position()?.scenario || 'paxoscope'}.${ending}`;
  const link = async () => location.href.replace(/#.*/s, '') + await simulation.permalink();

  const openFile = async (file) => openText(await file.slice(0, kMaxFileBytes).text());

  function askForFile() {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.toml';
    input.onchange = () => openFile(input.files[0]);
    input.click();
  }

  // A file dropped anywhere is opened; without this the browser would leave the page for it.
  window.addEventListener('dragover', (event) => event.preventDefault());
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) openFile(file);
  });

  return {
    async share(kind, text) {
      if (kind === 'link') await copy(await link(), 'Link');
      else if (kind === 'report') await copy(`${text}Link: ${await link()}\nBrowser: ${navigator.userAgent}\n`, 'Report');
      else if (kind === 'open') askForFile();
      else if (kind === 'png') picture = kFramesToPicture;
      else save(name(kTypes[kind][0]), new Blob([kind === 'toml' ? simulation.toml() : text], {type: kTypes[kind][1]}));
      wake();
    },
    /** The canvas keeps its picture only until the frame's task ends. */
    afterFrame() {
      if (picture === 0) return;
      if (--picture > 0) wake();
      else canvas.toBlob((blob) => save(name('png'), blob));
    },
  };
}
