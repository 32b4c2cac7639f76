// The second visit comes from here, with or without a network. Files are kept under their content's hash: a new build
// fetches what changed, and a file that does not match (half a deployment) leaves the old build in place.

const kFirst = @FIRST@;  // name → SHA-256 of what a first visit loads
const kLater = @LATER@;  // the same for what is kept once it was wanted
const kFiles = {...kFirst, ...kLater};
const kScope = registration.scope;
const kCache = `paxoscope ${kScope}`;

const keyOf = (name) => new URL(`${name}?${kFiles[name]}`, kScope).href;

async function hashOf(response) {
  const bytes = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The kept file, fetched and checked if it is not here yet; the browser's own cache may be a build behind. */
async function keep(name) {
  const cache = await caches.open(kCache);
  const kept = await cache.match(keyOf(name));
  if (kept) return kept;
  for (const mode of ['default', 'reload']) {
    const response = await fetch(new URL(name, kScope), {cache: mode, credentials: 'same-origin'});
    if (response.ok && await hashOf(response.clone()) === kFiles[name]) {
      await cache.put(keyOf(name), response.clone());
      return response;
    }
  }
  throw new Error(`${name} does not belong to this build.`);
}

async function forgetOldBuilds() {
  const cache = await caches.open(kCache);
  const wanted = new Set(Object.keys(kFiles).map(keyOf));
  for (const {url} of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
}

addEventListener('install', (event) => {
  skipWaiting();
  event.waitUntil(Promise.all(Object.keys(kFirst).map(keep)));
});
addEventListener('activate', (event) => event.waitUntil(forgetOldBuilds()));
// The page names what it just loaded before this worker was there.
addEventListener('message', (event) => {
  if (Object.hasOwn(kLater, event.data)) event.waitUntil(keep(event.data));
});
addEventListener('fetch', (event) => {
  const {method, url} = event.request;
  const {href, pathname} = new URL(new URL(url).pathname, url);
  if (method !== 'GET' || !href.startsWith(kScope)) return;
  const name = pathname.slice(new URL(kScope).pathname.length).replace(/^(index\.html)?$/, './');
  if (Object.hasOwn(kFiles, name)) event.respondWith(keep(name).catch(() => fetch(event.request)));
});
