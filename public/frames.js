// Frames only when asked for: idle means none at all, and a hidden page draws nothing.

/**
 * `afterFrame()` runs after each frame, `onIdle()` when no further one is wanted, `onFailure(error)` once if the module
 * traps; nothing is drawn after that.
 */
export function createFrames(app, canvas, {afterFrame, onIdle, onFailure}) {
  let pending = 0;
  let broken = false;
  const beforeFrame = [];

  function draw(now) {
    try {
      const more = app._ui_frame(now);
      afterFrame();
      return more;
    } catch (error) {
      broken = true;
      onFailure(error);
      return false;
    }
  }

  function tick(now) {
    pending = 0;
    for (const task of beforeFrame) task();
    if (draw(now)) {
      frames.wake();
    } else if (!broken) {
      onIdle();
    }
  }

  const frames = {
    wake() {
      if (!pending && !document.hidden && !broken) pending = requestAnimationFrame(tick);
    },
    /** Draws at once: a canvas that changed its size is empty until then. */
    drawNow() {
      if (!broken && draw(performance.now())) frames.wake();
    },
    idle: () => pending === 0,
    beforeEach(task) {
      beforeFrame.push(task);
    },
  };

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) return frames.wake();
    cancelAnimationFrame(pending);
    pending = 0;
  });
  canvas.addEventListener('webglcontextlost', (event) => {
    event.preventDefault();
    app._ui_lost();
  });
  canvas.addEventListener('webglcontextrestored', () => {
    app._ui_restored();
    frames.wake();
  });
  return frames;
}
