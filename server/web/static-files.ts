// Scripts and styles of the web app in Brotli (RFC 7932), which Next itself does not speak: a fifth less than gzip on the
// way to the browser. A file is packed once, on its first request, and kept beside itself for the next process; until then,
// and for browsers that do not take it, Next answers.
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const types: Record<string, string> = {
  js: 'application/javascript; charset=UTF-8',
  css: 'text/css; charset=UTF-8',
};
/** Names that the build gives: no dot leads out of the folder. */
const pattern = /^\/_next\/static\/((?:[\w-]+\/){0,4}[\w~-]+\.(js|css))$/;
const mostFiles = 1000;
const mostBytes = 4 * 1024 * 1024;
const pack = promisify(brotliCompress);

/** Answers where it has the file packed; false leaves the request to Next. */
export function serveStatic(folder: string) {
  const packed = new Map<string, Buffer | null>();

  const prepare = async (name: string): Promise<void> => {
    if (packed.size >= mostFiles) return;
    packed.set(name, null);
    const path = join(folder, name);
    const known = await readFile(`${path}.br`).catch(() => null);
    const bytes = known ?? (await packFile(path));
    if (bytes) packed.set(name, bytes);
  };

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const [, name, extension = ''] = pattern.exec(request.url?.replace(/\?.*/, '') ?? '') ?? [];
    if (!name || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    if (!/\bbr\b/.test(String(request.headers['accept-encoding'] ?? ''))) return false;
    const bytes = packed.get(name);
    if (bytes === undefined) void prepare(name).catch(() => {});
    if (!bytes) return false;
    response.writeHead(200, {
      'content-type': types[extension],
      'content-encoding': 'br',
      'content-length': bytes.length,
      // A changed file has another name.
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
    return true;
  };
}

async function packFile(path: string): Promise<Buffer | null> {
  const plain = await readFile(path).catch(() => null);
  if (!plain || plain.length > mostBytes) return null;
  const bytes = await pack(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 10,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  });
  // Whole or not at all: another process may do the same.
  const draft = `${path}.${process.pid}.br.tmp`;
  await writeFile(draft, bytes)
    .then(() => rename(draft, `${path}.br`))
    .catch(() => {});
  return bytes;
}
