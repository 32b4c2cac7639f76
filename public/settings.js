// What a person chose, kept for the next visit. Without storage, or with anything else in it, the page starts as new.

const kKey = 'paxoscope';
const kVersion = 1;
const kMostCharacters = 2048;

function read() {
  try {
    const text = localStorage.getItem(kKey);
    if (!text || text.length > kMostCharacters) return '';
    const kept = JSON.parse(text);
    return kept?.version === kVersion && typeof kept.settings === 'string' ? kept.settings : '';
  } catch {
    return '';  // denied, or no JSON
  }
}

export function rememberSettings(app) {
  app.useSettings(read());
  let written = app.settings();
  function update() {
    const settings = app.settings();
    if (settings === written) return;
    written = settings;
    const text = JSON.stringify({version: kVersion, settings});
    try {
      if (text.length <= kMostCharacters) localStorage.setItem(kKey, text);
    } catch {
      // Denied or full: it holds until the page is left.
    }
  }
  window.addEventListener('pagehide', update);
  return {update};
}
