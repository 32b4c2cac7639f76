// Unpacks a file of ui/cmake/pack.mjs while it arrives. `PXP1`, the whole length; then the codes: packed length, sum, packed
// bytes; then blocks: length, packed length, sum, packed bytes. Numbers are four bytes, little-endian. unpack.wasm guesses
// and decodes (web/pack/).

const kHead = 16, kBlockHead = 12;
const kMaxLength = 1 << 22, kMaxRaw = 1 << 15, kMaxPacked = 1 << 16;

/** Bytes that have arrived and wait for being a whole head or block. */
function createQueue() {
  let bytes = new Uint8Array(0);
  return {
    push(more) {
      const both = new Uint8Array(bytes.length + more.length);
      both.set(bytes);
      both.set(more, bytes.length);
      bytes = both;
    },
    has: (length) => bytes.length >= length,
    number: (at) => new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true),
    take(length) {
      const taken = bytes.subarray(0, length);
      bytes = bytes.subarray(length);
      return taken;
    },
    get length() { return bytes.length; },
  };
}

/** Lets the browser paint and answer between two blocks; a timer would wait too long. */
function createPause() {
  const {port1, port2} = new MessageChannel();
  return {
    pause: () => new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(0);
    }),
    close: () => port1.close(),
  };
}

/**
 * A TransformStream from packed to plain bytes, for one file; `program` is what unpack.wasm exports. What is damaged or
 * too short ends it with an Error, which `onDamage` hears too.
 */
export function unpacking(program, onDamage) {
  program._initialize();
  const queue = createQueue();
  const {pause, close} = createPause();
  let left = null;  // plain bytes that are still to come, once the head is here

  function fail(text) {
    close();
    const error = new Error(`The download ${text}. Reloading the page tries again.`);
    onDamage?.(error);
    throw error;
  }

  const input = (bytes) => new Uint8Array(program.memory.buffer).set(bytes, program.unpack_input());

  /** The whole length, or null while the codes are not here yet. */
  function head() {
    if (!queue.has(kHead)) return null;
    const [magic, length, size, sum] = [queue.number(0), queue.number(4), queue.number(8), queue.number(12)];
    if (magic !== 0x31505850 || length > kMaxLength || size > kMaxPacked) fail('is damaged: it does not begin as it should');
    if (!queue.has(kHead + size)) return null;
    queue.take(kHead);
    input(queue.take(size));
    if (!program.unpack_codes(size, sum)) fail('is damaged');
    return length;
  }

  /** The next block, or null while it is not whole yet. */
  function block() {
    if (!queue.has(kBlockHead)) return null;
    const [raw, size, sum] = [queue.number(0), queue.number(4), queue.number(8)];
    if (raw === 0 || raw > kMaxRaw || raw > left || size > kMaxPacked) fail('is damaged');
    if (!queue.has(kBlockHead + size)) return null;
    queue.take(kBlockHead);
    input(queue.take(size));
    const at = program.unpack_block(size, raw, sum);
    if (!at) fail('is damaged');
    left -= raw;
    return new Uint8Array(program.memory.buffer).slice(at, at + raw);
  }

  return new TransformStream({
    async transform(chunk, controller) {
      queue.push(chunk);
      left ??= head();
      if (left === null) return;
      for (let plain = block(); plain; plain = left > 0 ? block() : null) {
        controller.enqueue(plain);
        await pause();
      }
      if (left === 0 && queue.length > 0) fail('is damaged: it is longer than it should be');
    },
    flush() {
      if (left !== 0) fail('ended too early');
      close();
    },
  });
}
