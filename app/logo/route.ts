// The picture of the sign-in page (setting web.logo): a file the administrator names. Open to everybody, so only what
// begins like a picture is given out.
import { open } from 'node:fs/promises';
import { readSetting } from '#lib/settings/index.ts';

const maxBytes = 200 * 1024;

const kinds: { type: string; begins: RegExp }[] = [
  { type: 'image/png', begins: /^\x89PNG\r\n\x1a\n/ },
  { type: 'image/jpeg', begins: /^\xff\xd8\xff/ },
  { type: 'image/webp', begins: /^RIFF[\s\S]{4}WEBP/ },
  {
    type: 'image/svg+xml',
    begins: /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,500}?-->\s*)*<svg[\s>]/,
  },
];

export async function GET(): Promise<Response> {
  const path = await readSetting('web.logo');
  const bytes = path === '' ? null : await readPicture(path);
  const kind = bytes && kinds.find(({ begins }) => begins.test(bytes.toString('latin1', 0, 1000)));
  if (!bytes || !kind) return new Response(null, { status: 404 });
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': kind.type,
      'content-length': String(bytes.length),
      'cache-control': 'public, max-age=300',
      // An SVG opened by itself is a document.
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    },
  });
}

/** Null where there is no such file, or it is too large. */
async function readPicture(path: string): Promise<Buffer | null> {
  const file = await open(path).catch(() => null);
  if (!file) return null;
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > maxBytes) return null;
    return await file.readFile();
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
