// `node docs/icons.ts`: the icons in public/ from public/icon.svg, with the sharp that comes with Next.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const folder = join(import.meta.dirname, '..', 'public');
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');
const side = 32;

/** The mark on a ground without corners; `share` of the side is for the mark. */
function fillGround(share: number): string {
  const room = side / share;
  const start = (side - room) / 2;
  return svg
    .replace(`viewBox="0 0 ${side} ${side}"`, `viewBox="${start} ${start} ${room} ${room}"`)
    .replace(/<rect [^>]*fill="(#\w+)"\/>/, (_, colour: string) =>
      [`<rect x="${start}" y="${start}" width="${room}" height="${room}" fill="${colour}"/>`].join(
        '',
      ),
    );
}

const icons = [
  { name: 'icon-192.png', size: 192, source: svg },
  { name: 'icon-512.png', size: 512, source: svg },
  // Systems cut what they like out of these; the inner 80 % stay (W3C, Web Application Manifest, "maskable").
  { name: 'icon-maskable-512.png', size: 512, source: fillGround(0.86) },
  { name: 'icon-180.png', size: 180, source: fillGround(0.95) },
];

for (const { name, size, source } of icons) {
  const density = (72 * size) / side;
  await sharp(Buffer.from(source), { density })
    .resize(size, size)
    .png({ palette: true, compressionLevel: 9 })
    .toFile(join(folder, name));
}
