// node pack.mjs PACK_WASM INPUT OUTPUT: packs a file for the page. web/unpack.js says what the output looks like.
import {readFileSync, writeFileSync} from 'node:fs';

const kBlock = 1 << 15, kMaxLength = 1 << 22;

const [, , program, input, output] = process.argv;
const {instance: {exports: packer}} = await WebAssembly.instantiate(readFileSync(program), {});
packer._initialize();
const memory = new Uint8Array(packer.memory.buffer);
const file = readFileSync(input);

const packed = (size) => {
  if (!size) throw new Error(`${input} is too long to be packed, or will not shrink.`);
  return Buffer.from(memory.slice(packer.pack_output(), packer.pack_output() + size));
};
const numbers = (...values) => Buffer.from(Uint32Array.from(values).buffer);
memory.set(file.subarray(0, kMaxLength), packer.pack_input());
const codes = packed(packer.pack_codes(file.length));
const parts = [Buffer.from('PXP1'), numbers(file.length, codes.length, packer.pack_codes_sum()), codes];
for (let at = 0; at < file.length; at += kBlock) {
  const raw = Math.min(kBlock, file.length - at);
  const block = packed(packer.pack_block(raw));
  parts.push(numbers(raw, block.length, packer.pack_sum(at, raw)), block);
}
writeFileSync(output, Buffer.concat(parts));
