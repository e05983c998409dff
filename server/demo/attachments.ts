// Files that the demo attaches, made here so that nothing foreign lies in the repository.
import { crc32, deflateSync } from 'node:zlib';

export type Attachment = { filename: string; contentType: string; content: Buffer };

/** A PNG of an evening sky over water, `width` by `height`. */
export function drawPhoto(width = 640, height = 400): Buffer {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const isWater = y > height * 0.62;
    const depth = isWater ? 1 - (y - height * 0.62) / height : y / (height * 0.62);
    for (let x = 0; x < width; x += 1) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const sun = Math.exp(-(((x - width * 0.68) / 46) ** 2 + ((y - height * 0.5) / 46) ** 2));
      const ripple = isWater ? Math.sin(y * 0.9 + Math.sin(x * 0.05) * 3) * 14 : 0;
      rows[at] = clamp(60 + depth * 170 + sun * 150 + ripple);
      rows[at + 1] = clamp(50 + depth * 80 + sun * 130 + ripple);
      rows[at + 2] = clamp(110 + depth * 10 + sun * 40 + ripple);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** A one-page PDF that says `title`. */
export function drawPdf(title: string): Buffer {
  const stream = `BT /F1 24 Tf 72 760 Td (${title.replace(/[()\\]/g, '')}) Tj ET\n0.2 0.5 0.35 rg 72 500 200 140 re f 0.9 g 300 500 220 140 re f`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  return Buffer.from(
    `${text}xref\n0 ${size}\n0000000000 65535 f \n${table}trailer << /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`,
    'latin1',
  );
}

const figures = `month,letters,parcels,postage\nJuly,212,18,311.40\nAugust,198,22,340.10\nSeptember,420,19,688.00\n`;
const invite = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//Drey//Demo//EN',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'UID:workshop@demo.test',
  'DTSTAMP:20261101T080000Z',
  'DTSTART:20261126T090000Z',
  'DTEND:20261126T120000Z',
  'SUMMARY:Workshop',
  'LOCATION:Werkraum',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

/** The attachment of that name. */
export function makeAttachment(filename: string): Attachment {
  const contents: Record<string, () => [string, Buffer]> = {
    'plan.pdf': () => ['application/pdf', drawPdf('Floor plan')],
    'photo.png': () => ['image/png', drawPhoto()],
    'figures.csv': () => ['text/csv', Buffer.from(figures)],
    'invite.ics': () => ['text/calendar', Buffer.from(invite)],
    'notes.txt': () => [
      'text/plain',
      Buffer.from('Move: 1. TTL  2. copy  3. MX\nRollback: change MX back.\n'),
    ],
  };
  const [contentType, content] = contents[filename]?.() ?? [
    'application/octet-stream',
    Buffer.alloc(0),
  ];
  return { filename, contentType, content };
}
