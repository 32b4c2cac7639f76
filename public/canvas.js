// The canvas has one pixel per device pixel, at every ratio and size.

/** Keeps the canvas's size true and tells the app. */
export function watchCanvasSize(app, canvas, frames) {
  let css = [canvas.clientWidth, canvas.clientHeight];
  let exact = null;
  let ratio = 0;
  let shown = [0, 0, 0];

  function measure() {
    ratio = devicePixelRatio;
    let [width, height] = css.map((length) => Math.round(length * ratio));
    // The observed box is exact, but under emulated ratios it counts CSS pixels.
    if (exact && Math.abs(exact[0] - width) <= 1 && Math.abs(exact[1] - height) <= 1) [width, height] = exact;
    if (width === shown[0] && height === shown[1] && ratio === shown[2]) return;
    shown = [width, height, ratio];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    app._ui_size(width, height, ratio);
    frames.drawNow();
    frames.wake();
  }

  const observer = new ResizeObserver((entries) => {
    const entry = entries[entries.length - 1];
    css = [entry.contentRect.width, entry.contentRect.height];
    const box = entry.devicePixelContentBoxSize?.[0];
    exact = box ? [box.inlineSize, box.blockSize] : null;
    measure();
  });
  try {
    observer.observe(canvas, {box: 'device-pixel-content-box'});
  } catch {
    observer.observe(canvas);  // browsers without that box
  }
  function watchRatio() {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener('change', () => {
      measure();
      watchRatio();
    }, {once: true});
  }
  watchRatio();
  window.addEventListener('resize', measure);
  // Some ratio changes fire no event at all.
  frames.beforeEach(() => {
    if (devicePixelRatio !== ratio) measure();
  });
  measure();
}
