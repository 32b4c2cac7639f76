// Asks the browser to keep the page, so that the next visit needs no network. Where it cannot, nothing is lost.

const kWorker = 'service-worker.js';

/** Registers the service worker; `library` tells when the texts of the scenarios are here, which are then kept too. */
export function keepForNextVisit(library) {
  const {serviceWorker} = navigator;
  if (!serviceWorker) return;
  const policy = globalThis.trustedTypes?.createPolicy('paxoscope', {
    createScriptURL(name) {
      if (name !== kWorker) throw new TypeError(name);
      return new URL(name, import.meta.url).href;
    },
  });
  serviceWorker.register(policy?.createScriptURL(kWorker) ?? new URL(kWorker, import.meta.url)).catch(() => {});
  library.arrived.then((file) => serviceWorker.ready.then(({active}) => active.postMessage(file)));
}
