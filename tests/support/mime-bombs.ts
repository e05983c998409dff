// MIME and header bombs, for the tests of every place that takes messages in.
const N = '\r\n';
function nest(count: number, one: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => one(i)).join('');
}

/** Messages that cost who reads them carelessly far more than their bytes (research part 7). */
export const mimeBombs: [what: string, make: () => string][] = [
  ['500,000 To lines', () => `${'To: a@b.example\r\n'.repeat(500_000)}${N}`],
  ['one To of 10 MB', () => `To: ${'a@b.example, '.repeat(800_000)}${N}${N}`],
  ['a header of 12 MB without end', () => 'X-A: b\r\n'.repeat(1_500_000)],
  ['brackets in To', () => `To: ${'<'.repeat(2_000_000)}${N}${N}`],
  [
    'nested comments',
    () => `To: ${'('.repeat(2_000_000)}${N}Content-Type: ${'('.repeat(2_000_000)}${N}${N}`,
  ],
  ['words, then colons', () => `To: ${'a '.repeat(200_000)}@${':'.repeat(200_000)}${N}${N}`],
  ['a million References', () => `References: ${'<a@b> '.repeat(1_000_000)}${N}${N}`],
  [
    'encoded words of unknown charsets',
    () => `Subject: ${nest(100_000, (i) => `=?x${i}?Q?a?= `)}${N}${N}`,
  ],
  [
    'marks of encoded words',
    () => `Subject: ${'=?'.repeat(2_000_000)}${N}To: ${'=?a?q?'.repeat(500_000)}${N}${N}`,
  ],
  [
    '100,000 sections of a parameter',
    () => `Content-Type: text/plain; ${nest(100_000, (i) => `name*${i}=a; `)}${N}${N}`,
  ],
  ['semicolons', () => `Content-Type: text/plain${';'.repeat(3_000_000)}${N}${N}`],
  ['folds', () => `Subject: a${'\r\n x'.repeat(2_000_000)}${N}${N}`],
  ['blanks', () => `Subject:${' '.repeat(5_000_000)}x${N}${N}`],
  ['lines without colon', () => 'ab\r\n'.repeat(2_000_000)],
  [
    '1,000 nested multiparts and 10 MB',
    () =>
      nest(1_000, (i) => `Content-Type: multipart/mixed; boundary=b${i}${N}${N}--b${i}${N}`) +
      `${'x'.repeat(70)}${N}--y${N}`.repeat(130_000),
  ],
  [
    '1,000 multiparts of one boundary',
    () => nest(1_000, () => `Content-Type: multipart/mixed; boundary=b${N}${N}--b${N}`),
  ],
  [
    '1,000 nested messages and 10 MB',
    () =>
      `Content-Type: message/rfc822${N}${N}`.repeat(1_000) +
      `${'x'.repeat(70)}${N}`.repeat(130_000),
  ],
  [
    'messages and multiparts in turn',
    () =>
      nest(3_000, (i) =>
        i % 2
          ? `Content-Type: message/rfc822${N}${N}`
          : `Content-Type: multipart/mixed; boundary=b${i}${N}${N}--b${i}${N}`,
      ),
  ],
  [
    '100,000 parts',
    () => `Content-Type: multipart/mixed; boundary=b${N}${N}${`--b${N}${N}x${N}`.repeat(100_000)}`,
  ],
  [
    '100,000 parts without header end',
    () =>
      `Content-Type: multipart/mixed; boundary=b${N}${N}${`--b${N}A: b${N}`.repeat(100_000)}${'a: b\r\n'.repeat(500_000)}`,
  ],
  [
    '10,000 messages in a digest',
    () =>
      `Content-Type: multipart/digest; boundary=b${N}${N}${`--b${N}${N}From: a@b${N}${N}x${N}`.repeat(10_000)}`,
  ],
  [
    'dashes',
    () => `Content-Type: multipart/mixed; boundary=b${N}${N}${`--${N}`.repeat(1_000_000)}`,
  ],
  [
    'a boundary of nothing',
    () => `Content-Type: multipart/mixed; boundary=""${N}${N}--${N}${N}x${N}--${N}`,
  ],
  [
    'a boundary of 1 MB',
    () => `Content-Type: multipart/mixed; boundary=${'b'.repeat(1_000_000)}${N}${N}--b`,
  ],
  // CVE-2026-26312: a message within itself, its boundaries broken.
  [
    'a message that goes round in itself',
    () =>
      `Content-Type: multipart/mixed; boundary=b${N}${N}${`--b${N}Content-Type: message/rfc822${N}${N}Content-Type: multipart/mixed; boundary=b${N}${N}`.repeat(2_000)}--b-`,
  ],
  ['one header of 20 MB', () => `X-A: ${'x'.repeat(20_000_000)}${N}${N}text`],
  ['a line of 20 MB without end', () => `To: a@b${N}X-A: ${'x'.repeat(20_000_000)}`],
  ['subject blobs', () => `Subject: ${'[a]'.repeat(1_000_000)}${N}${N}`],
];
