// Permalinks: #v1/<scenario>/<protocol>?seed=…&at=<event>&off=<switches>&n=<servers>&d=<journal>, and #v1/~/<protocol>?…&s=<source>
// for a scenario of one's own. They carry inputs only, never state, and are read as text from a stranger.

/** Own scenarios may be this long (bytes), before and after inflating. */
export const kMaxSourceBytes = 256 * 1024;
const kOwn = '~';

function toBase64Url(bytes) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error('The link is damaged: its data are not base64url.');
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  } catch {
    throw new Error('The link is damaged: its data are cut off.');
  }
}

async function pump(bytes, stream, limit) {
  const parts = [];
  let length = 0;
  for await (const part of readAll(new Blob([bytes]).stream().pipeThrough(stream))) {
    length += part.length;
    if (length > limit) throw new Error(`The scenario in the link is longer than ${limit} bytes.`);
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function* readAll(stream) {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The hash (with `#`) for {scenario, protocol, seed, at, off, servers, journal, source}. */
export async function encodeLink({scenario, protocol, seed, at, off, servers, journal, source}) {
  const query = new URLSearchParams();
  if (seed !== undefined && seed !== '') query.set('seed', seed);
  if (at) query.set('at', at);
  if (off) query.set('off', off);
  if (servers) query.set('n', servers);
  if (journal) query.set('d', toBase64Url(new TextEncoder().encode(journal)));
  if (source !== null && source !== undefined) {
    const packed = await pump(new TextEncoder().encode(source), new CompressionStream('deflate'), kMaxSourceBytes);
    query.set('s', toBase64Url(packed));
  }
  const name = source === null || source === undefined ? encodeURIComponent(scenario) : kOwn;
  const text = query.toString().replaceAll('%2C', ',');
  return `#v1/${name}/${encodeURIComponent(protocol)}${text ? `?${text}` : ''}`;
}

function wholeNumber(text, name) {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`The link is damaged: '${name}' is not a whole number.`);
  return Number(text);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('The link is damaged: it has a stray %.');
  }
}

/** Reads a hash. Null for an empty one; throws an Error with a sentence for a bad one. */
export async function decodeLink(hash) {
  const text = hash.replace(/^#/, '');
  if (!text) return null;
  const match = /^v1\/([^/?]+)(?:\/([^/?]*))?(?:\?(.*))?$/s.exec(text);
  if (!match) throw new Error('This link was not understood. It should look like #v1/quorum-loss/omnipaxos?seed=1');
  const query = new URLSearchParams(match[3] ?? '');
  const own = match[1] === kOwn;
  const link = {
    scenario: own ? null : decoded(match[1]),
    protocol: decoded(match[2] ?? ''),
    seed: query.get('seed') ?? '',
    at: query.has('at') ? wholeNumber(query.get('at'), 'at') : 0,
    off: query.get('off') ?? '',
    servers: query.has('n') ? wholeNumber(query.get('n'), 'n') : 0,
    journal: new TextDecoder().decode(fromBase64Url(query.get('d') ?? '')),
    source: null,
  };
  if (own) {
    const packed = fromBase64Url(query.get('s') ?? '');
    let source;
    try {
      source = await pump(packed, new DecompressionStream('deflate'), kMaxSourceBytes);
    } catch (error) {
      throw new Error(error.message.startsWith('The scenario') ? error.message
        : 'The link is damaged: its scenario cannot be unpacked.');
    }
    link.source = new TextDecoder().decode(source);
  }
  return link;
}
