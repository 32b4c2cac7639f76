// The Text view: what screen readers are told, shown to everyone as a page of text and buttons. Nothing is drawn meanwhile, so
// it also serves browsers without WebGL.

const kPointerEvents = ['pointerdown', 'pointermove', 'pointerup', 'pointercancel', 'mousedown', 'wheel', 'contextmenu'];

/** `wake()` asks for a frame. `force`: there is no picture to go back to. */
export function createTextView(app, screen, canvas, wake, force) {
  const button = document.getElementById('text-view');
  const mirror = document.getElementById('mirror');
  let on = false;

  function show(wanted) {
    on = wanted || force;
    screen.classList.toggle('text', on);
    button.setAttribute('aria-pressed', String(on));
    button.hidden = force;
    app._ui_textual(on);
    if (!on) canvas.focus({preventScroll: true});
    wake();
  }

  // The text scrolls and is selected like any other: the canvas must not take it for its own.
  for (const name of kPointerEvents) {
    mirror.addEventListener(name, (event) => {
      if (on) event.stopPropagation();
    });
    button.addEventListener(name, (event) => event.stopPropagation());
  }
  button.addEventListener('click', () => show(!on));
  if (force) show(true);
  return {toggle: () => show(!on), on: () => on};
}
