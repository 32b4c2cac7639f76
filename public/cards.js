// What the page says in HTML: progress of the download, failures, and the switch from the introduction to the canvas.

const bar = document.getElementById('progress');
const intro = document.getElementById('intro');
const screen = document.getElementById('screen');

/** `received`: bytes so far; the build wrote the whole size into the page. */
export function showProgress(received) {
  const size = Number(document.documentElement.dataset.appBytes);
  bar.max = size > 0 ? size : received;
  bar.value = Math.min(received, bar.max);
}

/** A card above the introduction, which stays readable. Nothing runs any more. */
export function showFailure(title, text) {
  document.getElementById('error-title').textContent = title;
  document.getElementById('error-text').textContent = text;
  document.getElementById('error').hidden = false;
  document.getElementById('loading').hidden = true;
  intro.hidden = false;
  screen.inert = true;
}

export function startScreen() {
  screen.inert = false;
  intro.hidden = true;
  document.getElementById('stage').focus({preventScroll: true});
}

/** A line over the canvas for a while; read out too. */
export function say(text, forMs) {
  const note = document.getElementById('note');
  note.textContent = text;
  note.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { note.hidden = true; }, forMs);
}
