// Loads one of the WebAssembly modules in a page, a Worker or Node. The Emscripten glue is not told about Node, so it is
// handed the compiled bytes here; the same hook counts them for a progress bar.

const inNode = typeof process === 'object' && Boolean(process.versions?.node);

async function compile(url, imports, onProgress) {
  if (inNode) {
    const {readFile} = await import('node:fs/promises');
    return WebAssembly.instantiate(await readFile(url), imports);
  }
  const response = await fetch(url, {credentials: 'same-origin'});
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status} ${response.statusText}`.trim());
  let received = 0;
  const counter = new TransformStream({
    transform(chunk, controller) {
      received += chunk.byteLength;
      onProgress?.(received);
      controller.enqueue(chunk);
    },
  });
  const counted = new Response(response.body.pipeThrough(counter), {headers: {'content-type': 'application/wasm'}});
  return WebAssembly.instantiateStreaming(counted, imports);
}

/**
 * Runs an Emscripten factory with the WebAssembly file at `url`.
 * `onProgress(bytes)` hears the uncompressed bytes received so far. Rejects where Emscripten alone would hang.
 */
export function loadModule(factory, url, {onProgress, ...settings} = {}) {
  return new Promise((resolve, reject) => {
    const instantiateWasm = (imports, done) => {
      compile(url, imports, onProgress).then(({instance, module}) => done(instance, module), reject);
      return {};
    };
    factory({...settings, instantiateWasm}).then(resolve, reject);
  });
}
