// A small static server for the built page: right types, gzip, and the strict content security policy as a header.
// node web/serve.mjs [FOLDER] [PORT]      port 0 or a taken port: the next free one
import {createReadStream, statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';

export const kPolicy = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data:",
  "font-src 'self'", "connect-src 'self'", "worker-src 'self'", "manifest-src 'self'", "base-uri 'none'",
  "form-action 'none'", "require-trusted-types-for 'script'", 'trusted-types paxoscope',
].join('; ');

const kTypes = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.png': 'image/png', '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json', '.webmanifest': 'application/manifest+json', '.ts': 'text/plain; charset=utf-8',
  '.toml': 'text/plain; charset=utf-8', '.pack': 'application/octet-stream',
};
const kCompressed = new Set(['.html', '.js', '.mjs', '.css', '.wasm', '.svg', '.txt', '.json', '.webmanifest', '.ts']);

/** The file a request means, or null: only known types inside the folder. */
function fileOf(root, address) {
  let name;
  try {
    name = decodeURIComponent(new URL(address, 'http://local').pathname);
  } catch {
    return null;
  }
  const file = path.join(root, name.endsWith('/') ? `${name}index.html` : name);
  if (!file.startsWith(root + path.sep) || file.includes('\0') || !kTypes[path.extname(file)]) return null;
  const stat = statSync(file, {throwIfNoEntry: false});
  return stat?.isFile() ? {file, stat} : null;
}

/** Compressed files, kept until they change. */
const packed = new Map();
async function compressed({file, stat}) {
  const key = `${stat.mtimeMs}/${stat.size}`;
  const known = packed.get(file);
  if (known?.key === key) return known.bytes;
  const bytes = gzipSync(await readFile(file), {level: 9});
  packed.set(file, {key, bytes});
  return bytes;
}

async function answer(root, request, response) {
  const found = ['GET', 'HEAD'].includes(request.method) ? fileOf(root, request.url) : null;
  if (!found) {
    response.writeHead(404, {'content-type': 'text/plain'}).end('Not found\n');
    return;
  }
  const extension = path.extname(found.file);
  const headers = {
    'content-type': kTypes[extension],
    'content-security-policy': kPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
    'vary': 'accept-encoding',
    'etag': `"${found.stat.mtimeMs}-${found.stat.size}"`,
  };
  if (request.headers['if-none-match'] === headers.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  if (kCompressed.has(extension) && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
    const bytes = await compressed(found);
    response.writeHead(200, {...headers, 'content-encoding': 'gzip', 'content-length': bytes.length});
    response.end(request.method === 'HEAD' ? undefined : bytes);
    return;
  }
  response.writeHead(200, {...headers, 'content-length': found.stat.size});
  if (request.method === 'HEAD') return response.end();
  createReadStream(found.file).pipe(response);
}

/** Serves `folder` on loopback. Resolves to {address, close()}. */
export async function serve(folder, port = 0) {
  const root = path.resolve(folder);
  const server = http.createServer((request, response) => {
    answer(root, request, response).catch((error) => {
      console.error(error.message);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const listen = (wanted) => new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  for (let wanted = port; ; ++wanted) {
    try {
      await listen(wanted);
      break;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || wanted >= port + 20) throw error;
    }
  }
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? fileURLToPath(new URL('../build/web', import.meta.url));
  const {address} = await serve(folder, Number(process.argv[3] ?? 8080));
  console.log(`Paxoscope is at ${address}   (Ctrl-C stops it)`);
}
