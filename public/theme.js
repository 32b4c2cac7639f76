// Dark, light or a projector's: the system's wish first, then what the person chose in the app. Motion as the system wishes.

const kThemes = ['dark', 'light', 'projector'];  // as ui/theme.h counts them

export function watchTheme(app, wake) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  function apply() {
    app._ui_dark(dark.matches ? 1 : 0);
    app._ui_reduced_motion(still.matches ? 1 : 0);
    wake();
  }
  app._ui_dark(dark.matches ? 1 : 0);
  app._ui_reduced_motion(still.matches ? 1 : 0);
  dark.addEventListener('change', apply);
  still.addEventListener('change', apply);
  return {
    /** The page's own colours follow the app. */
    update() {
      const name = kThemes[app._ui_theme()];
      if (document.documentElement.dataset.theme !== name) document.documentElement.dataset.theme = name;
    },
  };
}
