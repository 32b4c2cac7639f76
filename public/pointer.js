// Mouse, pen, touch and wheel. Positions go to the app in device pixels of the canvas.

const kNowhere = -1e9;
const kLongPressMs = 500;
const kSecondFingerMs = 80;
const kStillPx = 8;
// DOM buttons are left, middle, right; ImGui's are left, right, middle.
const kButtons = [0, 2, 1];
const kLeft = 0;
const kRight = 1;
const kCursors = ['default', 'text', 'move', 'ns-resize', 'ew-resize', 'nesw-resize', 'nwse-resize', 'pointer',
  'not-allowed'];

export function listenToPointer(app, screen, canvas, wake) {
  const field = document.getElementById('field');
  const touch = touchGestures(app, {place, moveTo}, wake);

  /** In device pixels of the canvas; the Text view has none. */
  function place(event) {
    const box = canvas.getBoundingClientRect();
    return box.width ? [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height]
      : [kNowhere, kNowhere];
  }

  function moveTo(event) {
    app._ui_move(...place(event));
  }

  screen.addEventListener('pointerdown', (event) => {
    if (event.target === field) return;
    // Captured, so that drags and releases outside the canvas arrive.
    screen.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') {
      touch.down(event);
    } else {
      moveTo(event);
      app._ui_button(kButtons[event.button] ?? event.button, 1);
    }
    canvas.focus({preventScroll: true});
    wake();
  });
  screen.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'touch' || touch.move(event)) moveTo(event);
    wake();
  });
  function release(event) {
    if (event.pointerType === 'touch') {
      touch.up(event);
    } else {
      moveTo(event);
      app._ui_button(kButtons[event.button] ?? event.button, 0);
    }
    wake();
  }
  screen.addEventListener('pointerup', release);
  screen.addEventListener('pointercancel', release);
  screen.addEventListener('pointerleave', (event) => {
    if (event.pointerType !== 'mouse' || event.buttons) return;
    app._ui_move(kNowhere, kNowhere);
    wake();
  });
  // The pointer must not move the focus to a mirrored item.
  screen.addEventListener('mousedown', (event) => {
    if (event.target !== field) event.preventDefault();
  });
  screen.addEventListener('contextmenu', (event) => event.preventDefault());
  screen.addEventListener('wheel', (event) => {
    // Otherwise the page around us scrolls or zooms.
    if (!(event.ctrlKey ? app._ui_wants_zoom() : app._ui_wants_wheel())) return;
    event.preventDefault();
    const notches = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 / 100
      : event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 1 / 3 : 1;
    if (event.ctrlKey) {
      // A trackpad's two fingers arrive as this too, in small steps that mean more.
      const turned = -event.deltaY * notches;
      app._ui_zoom(...place(event), (Math.abs(turned) < 0.5 ? Math.E : 1.25) ** turned);
    } else {
      app._ui_wheel(-event.deltaX * notches, -event.deltaY * notches);
    }
    wake();
  }, {passive: false});

  let shown = null;
  return {
    showCursor() {
      const cursor = kCursors[app._ui_cursor()] ?? 'none';
      if (cursor !== shown) screen.style.cursor = shown = cursor;
    },
  };
}

/**
 * One finger is the left button; held still it becomes a right click; a second finger takes the press back, and both
 * together zoom and move. The press waits a moment for the second finger, so that two do not also press.
 */
function touchGestures(app, {place, moveTo}, wake) {
  const fingers = new Map();
  let start = null;
  let timer = 0;
  let waiting = 0;
  let pressed = false;

  function press() {
    clearTimeout(waiting);
    waiting = 0;
    pressed = true;
    app._ui_button(kLeft, 1);
    wake();
  }

  function abandonPress() {
    clearTimeout(timer);
    clearTimeout(waiting);
    const touched = pressed || waiting;
    waiting = 0;
    if (!touched) return;
    // Released nowhere: nothing is clicked.
    app._ui_move(kNowhere, kNowhere);
    if (pressed) app._ui_button(kLeft, 0);
    pressed = false;
  }

  function longPress() {
    abandonPress();
    moveTo(start);
    app._ui_button(kRight, 1);
    app._ui_button(kRight, 0);
    wake();
  }

  function showTwo() {
    const [one, other] = fingers.values();
    app._ui_fingers(...place(one), ...place(other));
  }

  return {
    down(event) {
      fingers.set(event.pointerId, event);
      if (fingers.size === 2) {
        abandonPress();
        showTwo();
      }
      if (fingers.size > 1) return;
      moveTo(event);
      start = event;
      waiting = setTimeout(press, kSecondFingerMs);
      timer = setTimeout(longPress, kLongPressMs);
    },
    /** Returns whether the app should follow this finger. */
    move(event) {
      if (!fingers.has(event.pointerId)) return false;
      fingers.set(event.pointerId, event);
      if (fingers.size === 2) showTwo();
      if (fingers.size > 1) return false;
      if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > kStillPx) {
        clearTimeout(timer);
        if (waiting) press();
      }
      return pressed;
    },
    up(event) {
      fingers.delete(event.pointerId);
      if (fingers.size > 0) app._ui_fingers_up();
      clearTimeout(timer);
      if (event.type === 'pointercancel') return abandonPress();
      if (waiting) press();
      const wasPressed = pressed;
      if (pressed) {
        pressed = false;
        app._ui_button(kLeft, 0);
      }
      // Without a finger nothing is hovered. A menu that a long press opened stays.
      if (wasPressed) app._ui_move(kNowhere, kNowhere);
    },
  };
}
