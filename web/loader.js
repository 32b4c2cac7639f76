// Loads one of the WebAssembly modules in a page, a Worker or Node. The Emscripten glue is not told about Node, so it is
// handed the compiled bytes here; the same hook counts them for a progress bar.

const inNode = typeof process === 'object' && Boolean(process.versions?.node);

async function download(url) {
  const response = await fetch(url, {credentials: 'same-origin'});
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status} ${response.statusText}`.trim());
  return response;
}

async function compile(url, imports, {onProgress, unpacker}) {
  if (inNode) {
    const {readFile} = await import('node:fs/promises');
    return WebAssembly.instantiate(await readFile(url), imports);
  }
  let damage = null;  // the compiler only says that its bytes ended
  const opening = unpacker && openUnpacker(unpacker, (error) => { damage = error; });
  const [response, unpacking] = await Promise.all([download(url), opening]);
  let received = 0;
  const counter = new TransformStream({
    transform(chunk, controller) {
      received += chunk.byteLength;
      onProgress?.(received);
      controller.enqueue(chunk);
    },
  });
  const counted = response.body.pipeThrough(counter);
  const plain = unpacking ? counted.pipeThrough(unpacking) : counted;
  const typed = new Response(plain, {headers: {'content-type': 'application/wasm'}});
  return WebAssembly.instantiateStreaming(typed, imports).catch((error) => { throw damage ?? error; });
}

async function openUnpacker({url, unpacking}, onDamage) {
  const {instance} = await WebAssembly.instantiate(await (await download(url)).arrayBuffer());
  return unpacking(instance.exports, onDamage);
}

/**
 * Runs an Emscripten factory with the WebAssembly file at `url`.
 * `onProgress(bytes)` hears the bytes received so far, without what HTTP itself packs. A packed file needs an `unpacker`:
 * {url of unpack.wasm, `unpacking` of unpack.js}. Rejects where Emscripten alone would hang.
 */
export function loadModule(factory, url, {onProgress, unpacker, ...settings} = {}) {
  return new Promise((resolve, reject) => {
    const instantiateWasm = (imports, done) => {
      compile(url, imports, {onProgress, unpacker}).then(({instance, module}) => done(instance, module), reject);
      return {};
    };
    factory({...settings, instantiateWasm}).then(resolve, reject);
  });
}
