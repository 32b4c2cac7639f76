// The semantic layer as real elements over the canvas: screen readers, the keyboard and tests use them. Only what
// changed is touched.

const kWordsPerItem = 12;
const kButton = 0;
const kText = 1;
const kToggle = 2;
const kSlider = 3;
const kTab = 4;
const kHeading = 5;
const kRegion = 6;
const kSeparator = 7;

function element(role) {
  const tag = role === kHeading ? 'h2' : role === kText ? 'p' : role === kSlider || role >= kRegion ? 'div' : 'button';
  const made = document.createElement(tag);
  if (tag === 'button') made.type = 'button';
  if (role === kSlider || role === kSeparator) {
    made.setAttribute('role', role === kSlider ? 'slider' : 'separator');
    made.tabIndex = 0;
  }
  if (role === kRegion) made.setAttribute('role', 'group');
  return made;
}

function describe(target, role, label, value, state) {
  if (role === kText || role === kHeading) {
    target.textContent = value ? `${label}: ${value}` : label;
    return;
  }
  target.setAttribute('aria-label', label);
  if (role === kSlider || role === kSeparator) {
    // As ui/semantics.h packs it: a slider's place among its places, a boundary's between its ends; the words say what it means.
    const [at, least, most] = role === kSlider ? [state >>> 16, 0, state & 0xffff]
      : [state >>> 20 & 1023, state >>> 10 & 1023, state & 1023];
    target.setAttribute('aria-valuemin', String(least));
    target.setAttribute('aria-valuemax', String(most));
    target.setAttribute('aria-valuenow', String(at));
    target.setAttribute('aria-valuetext', value);
    if (role === kSeparator) target.setAttribute('aria-orientation', state >>> 30 ? 'vertical' : 'horizontal');
  } else if (value) {
    target.setAttribute('aria-description', value);
  } else {
    target.removeAttribute('aria-description');
  }
  if (role === kToggle || role === kTab) target.setAttribute('aria-pressed', state ? 'true' : 'false');
}

/** `textual()`: the items are shown themselves, and a click on one is a click. */
export function createMirror(app, canvas, wake, textual) {
  const host = document.getElementById('mirror');
  const live = document.getElementById('live');
  const decoder = new TextDecoder();
  const items = new Map();  // id → {element, role, hash, x, y, width, height, round}
  let shownHash = null;
  let shownSize = '';
  let spoken = app._sem_live_sequence();
  let round = 0;

  // Memory may grow between calls: views are taken anew each time.
  const textAt = (from, length) => decoder.decode(app.HEAPU8.subarray(from, from + length));

  function place(item, at, scale) {
    const [x, y, width, height] = app.HEAP32.subarray(at + 4, at + 8);
    if (item.x === x && item.y === y && item.width === width && item.height === height && item.scale === scale) return;
    Object.assign(item, {x, y, width, height, scale});
    const {style} = item.element;
    style.transform = `translate(${x * scale}px, ${y * scale}px)`;
    style.width = `${width * scale}px`;
    style.height = `${height * scale}px`;
  }

  function updateItem(at, scale, previous) {
    const [id, role, hash, state] = app.HEAPU32.subarray(at, at + 4);
    let item = items.get(id);
    if (item && item.role !== role) {
      item.element.remove();
      item = undefined;
    }
    if (!item) {
      item = {element: element(role), role, hash: null};
      item.element.dataset.id = id;
      items.set(id, item);
    }
    item.round = round;
    if (item.hash !== hash) {
      item.hash = hash;
      const text = app._sem_text();
      const [labelAt, labelLength, valueAt, valueLength] = app.HEAPU32.subarray(at + 8, at + kWordsPerItem);
      describe(item.element, role, textAt(text + labelAt, labelLength), textAt(text + valueAt, valueLength), state);
    }
    place(item, at, scale);
    const next = previous ? previous.nextSibling : host.firstChild;
    if (next !== item.element) host.insertBefore(item.element, next);
    return item.element;
  }

  function updateItems() {
    ++round;
    const scale = canvas.clientWidth / canvas.width;
    const focused = document.activeElement;
    const count = app._sem_count();
    let at = app._sem_items() >> 2;
    let previous = null;
    for (let i = 0; i < count; ++i, at += kWordsPerItem) previous = updateItem(at, scale, previous);
    for (const [id, item] of items) {
      if (item.round === round) continue;
      // A focused item that goes away must not throw the focus to the top of the page.
      if (item.element === document.activeElement) canvas.focus({preventScroll: true});
      item.element.remove();
      items.delete(id);
    }
    // An element that is moved among the others loses the focus.
    if (focused !== document.activeElement && host.contains(focused)) focused.focus({preventScroll: true});
  }

  function speak() {
    const sequence = app._sem_live_sequence();
    if (sequence === spoken) return;
    spoken = sequence;
    live.textContent = textAt(app._sem_live(), app._sem_live_length());
  }

  const idOf = (event) => Number(event.target.dataset?.id ?? 0);
  host.addEventListener('click', (event) => {
    // A pointer's click reached the canvas as such already; detail 0 is the keyboard or a screen reader.
    if ((event.detail !== 0 && !textual()) || !idOf(event)) return;
    app._sem_activate(idOf(event));
    wake();
  });
  host.addEventListener('focusin', (event) => {
    app._sem_focus(idOf(event));
    wake();
  });
  host.addEventListener('focusout', () => {
    app._sem_focus(0);
    wake();
  });

  return {
    update() {
      const hash = app._sem_hash();
      const size = `${canvas.clientWidth}/${canvas.width}`;
      if (hash !== shownHash || size !== shownSize) {
        shownHash = hash;
        shownSize = size;
        updateItems();
      }
      speak();
    },
  };
}
