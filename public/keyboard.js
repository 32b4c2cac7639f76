// Keys while the canvas or a mirrored item has the focus. Tab is never touched: focus must be able to leave.

/** Numbers of web/app/input_queue.h. */
export const kKeys = {
  ArrowLeft: 2, ArrowRight: 3, ArrowUp: 4, ArrowDown: 5, PageUp: 6, PageDown: 7, Home: 8, End: 9, Insert: 10,
  Delete: 11, Backspace: 12, ' ': 13, Enter: 14, Escape: 15, a: 16, c: 17, v: 18, x: 19, y: 20, z: 21,
};
const kWouldScroll = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown',
  ' ', 'Backspace']);
// These stay the browser's: quick find.
const kBrowserCharacters = new Set(['/', '\'']);

export function keyNumber(event) {
  return kKeys[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? 0;
}

export function modifiers(event) {
  return (event.ctrlKey ? 1 : 0) | (event.shiftKey ? 2 : 0) | (event.altKey ? 4 : 0) | (event.metaKey ? 8 : 0);
}

export function listenToKeys(app, screen, canvas, wake) {
  const mirror = document.getElementById('mirror');

  function isOurs(event) {
    if (event.key === 'Tab' || event.isComposing) return false;
    if (event.target === canvas) return true;
    // A mirrored item is pressed by Enter and Space itself; all other keys mean what they mean on the canvas.
    return mirror.contains(event.target) && event.key !== 'Enter' && event.key !== ' ';
  }

  function handle(event, down) {
    if (!isOurs(event)) return;
    const command = event.ctrlKey || event.altKey || event.metaKey;
    const character = down && !command && [...event.key].length === 1 && !kBrowserCharacters.has(event.key);
    app._ui_key(keyNumber(event), down, modifiers(event));
    if (character) app._ui_char(event.key.codePointAt(0));
    const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
    const step = event.ctrlKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight');
    if (down && ((kWouldScroll.has(event.key) && !command) || undo || step)) event.preventDefault();
    wake();
  }

  screen.addEventListener('keydown', (event) => handle(event, 1));
  screen.addEventListener('keyup', (event) => handle(event, 0));
  const release = () => {
    app._ui_blur();
    wake();
  };
  screen.addEventListener('focusout', release);
  window.addEventListener('blur', release);
}
