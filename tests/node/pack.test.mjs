// The packed app: what the page unpacks is the app's WebAssembly, and what is damaged ends with a sentence.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {gzipSync} from 'node:zlib';
import {kSite} from './native.mjs';

const {unpacking} = await import(pathToFileURL(path.join(kSite, 'unpack.js')).href);
const kProgram = await WebAssembly.compile(readFileSync(path.join(kSite, 'unpack.wasm')));
const kPacked = readFileSync(path.join(kSite, 'app.pack'));
const kPlain = readFileSync(path.join(kSite, 'app.wasm'));

/** What comes out for these bytes, handed over in pieces of `size`. */
async function unpack(bytes, size = 10_000) {
  const {exports} = await WebAssembly.instantiate(kProgram, {});
  let at = 0;
  const source = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at += size));
    },
  });
  return Buffer.from(await new Response(source.pipeThrough(unpacking(exports))).arrayBuffer());
}

test('the app comes back byte for byte, in pieces large and small', async () => {
  assert.ok((await unpack(kPacked)).equals(kPlain));
  assert.ok((await unpack(kPacked, 997)).equals(kPlain));
});

test('it is a quarter smaller than with gzip', () => {
  assert.ok(kPacked.length < gzipSync(kPlain, {level: 9}).length * 0.75, `${kPacked.length} bytes`);
});

const kLength = 4, kCodesSize = 8, kCodes = 16;
const kBlock = kCodes + kPacked.readUInt32LE(kCodesSize);
for (const [what, at] of [['its name', 0], ['its length', kLength + 3], ['the size of the codes', kCodesSize + 3],
  ['the codes', kCodes + 5], ['the length of a block', kBlock + 3], ['the packed length of a block', kBlock + 7],
  ['the sum of a block', kBlock + 8], ['a block', kBlock + 12 + 50], ['a late block', kBlock + 40_000]]) {
  test(`damage in ${what} is found`, async () => {
    const bytes = Buffer.from(kPacked);
    bytes[at] ^= 0x5A;
    await assert.rejects(unpack(bytes), /^Error: The download is damaged.*Reloading the page tries again\.$/);
  });
}

test('a file that ends too early, or goes on, is found', async () => {
  for (const length of [0, 3, kCodes, kBlock, kBlock + 500]) {
    await assert.rejects(unpack(kPacked.subarray(0, length)), /^Error: The download ended too early/);
  }
  await assert.rejects(unpack(Buffer.concat([kPacked, Buffer.from('x')])), /longer than it should be/);
});

test('random bytes behind a true head end, too', async () => {
  const bytes = Buffer.from(kPacked.subarray(0, kBlock + 60_000));
  for (let i = kBlock + 12, x = 1; i < bytes.length; ++i) bytes[i] = (x = Math.imul(x, 1664525) + 1013904223) >>> 24;
  await assert.rejects(unpack(bytes), /^Error: The download is damaged/);
});
