// While the app edits text, a real input has the focus: that brings phone keyboards, input methods and paste.
import {keyNumber, modifiers} from './keyboard.js';

const kEditing = new Set(['Backspace', 'Delete', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);
const kEditingWithControl = new Set(['a', 'c', 'x', 'z', 'y']);

export function createTextField(app, canvas, wake) {
  const field = document.getElementById('field');

  function type(text) {
    for (const character of text) app._ui_char(character.codePointAt(0));
    wake();
  }
  function takeTyped() {
    type(field.value);
    field.value = '';
  }
  function press(event) {
    app._ui_key(keyNumber(event), 1, modifiers(event));
    app._ui_key(keyNumber(event), 0, modifiers(event));
    app._ui_key(0, 0, 0);
    wake();
  }

  field.addEventListener('input', (event) => {
    if (!event.isComposing) takeTyped();
  });
  field.addEventListener('compositionend', takeTyped);
  field.addEventListener('keydown', (event) => {
    if (event.isComposing || event.key === 'Tab') return;
    const control = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (event.key.length > 1 || (control && kEditingWithControl.has(letter))) press(event);
    if (kEditing.has(event.key) || (control && kEditingWithControl.has(letter))) event.preventDefault();
  });
  document.addEventListener('paste', (event) => {
    if (event.target !== field && event.target !== canvas) return;
    type(event.clipboardData.getData('text/plain'));
    event.preventDefault();
  });

  return {
    update() {
      const wanted = Boolean(app._ui_wants_text());
      if (wanted && document.activeElement === canvas) {
        field.value = '';
        field.hidden = false;
        field.focus({preventScroll: true});
      } else if (!wanted && !field.hidden) {
        const focused = document.activeElement === field || document.activeElement === document.body;
        field.hidden = true;
        if (focused) canvas.focus({preventScroll: true});
      }
    },
  };
}
