// Mail as mailboxes have it, always the same: headers of several hops, conversations, alternatives, attachments;
// 0.3 to 20 KB, over three years.

export type BenchMail = { bytes: Buffer; flags: string; date: string };

const onsets = 'b c d f g h l m n p r s t v st tr pl sh'.split(' ');
const vowels = 'a e i o u ea ou'.split(' ');
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const days = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');
const startMs = Date.UTC(2023, 0, 2, 8);
const spanMs = 3 * 365 * 86_400_000;

/** Always the same numbers from 0 to 1. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pickFrom = <T>(random: () => number, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)]!;

const vocabulary = makeVocabulary();

function makeVocabulary(): string[] {
  const random = makeRandom(7);
  const words = new Set<string>();
  while (words.size < 20_000) {
    let word = '';
    for (let left = 1 + Math.floor(random() * random() * 5); left >= 0; left -= 1)
      word += pickFrom(random, onsets) + pickFrom(random, vowels);
    words.add(word);
  }
  return [...words].sort((one, other) => one.length - other.length);
}

/** Words that stand in some hundredth and in hardly any of the mail. */
export const needles = { subject: vocabulary[300]!, rare: vocabulary[19_500]! };

/** Frequent words are short. */
function makeText(random: () => number, bytes: number): string {
  const lines: string[] = [];
  let line = '';
  for (let length = 0; length < bytes; ) {
    const rank = Math.floor(Math.exp(random() * Math.log(vocabulary.length)));
    line += `${vocabulary[rank % vocabulary.length]} `;
    if (line.length < 68) continue;
    lines.push(line.trimEnd());
    length += line.length + 1;
    line = '';
  }
  return `${lines.join('\r\n')}\r\n${line}\r\n`;
}

const pad = (value: number) => String(value).padStart(2, '0');

function formatTime(date: Date): string {
  return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())} +0000`;
}

/** Message `index` of `total`. */
export function makeMail(index: number, total: number): BenchMail {
  const random = makeRandom(index + 1);
  const date = new Date(startMs + Math.floor((spanMs * index) / total));
  const month = months[date.getUTCMonth()];
  const sentAt = `${days[date.getUTCDay()]}, ${date.getUTCDate()} ${month} ${date.getUTCFullYear()} ${formatTime(date)}`;
  const sizeBytes = 300 + Math.floor(random() ** 4 * 19_000);
  const lines = makeHeader(index, sentAt, random);
  const kind = random();
  const body =
    kind < 0.5
      ? ['Content-Type: text/plain; charset=utf-8', '', makeText(random, sizeBytes)]
      : makeMultipart(kind > 0.85, sizeBytes, random);
  const flags = [
    random() < 0.9 ? '\\Seen' : '',
    random() < 0.2 ? '\\Answered' : '',
    random() < 0.05 ? '\\Flagged' : '',
    random() < 0.1 ? '$Label1' : '',
  ];
  return {
    bytes: Buffer.from([...lines, ...body].join('\r\n')),
    flags: `(${flags.filter(Boolean).join(' ')})`,
    date: `"${pad(date.getUTCDate())}-${month}-${date.getUTCFullYear()} ${formatTime(date)}"`,
  };
}

function makeHeader(index: number, sentAt: string, random: () => number): string[] {
  const sender = Math.floor(random() ** 2 * 800);
  const name = `${vocabulary[sender + 200]} ${vocabulary[sender + 1200]}`;
  // Every third begins a conversation, the next two answer it.
  const root = index - (index % 3);
  const topic = makeRandom(root + 1_000_003);
  const subject = Array.from({ length: 4 }, () => vocabulary[Math.floor(topic() ** 2 * 6000)]).join(
    ' ',
  );
  const hop = `from mx${index % 9}.far.test (mx${index % 9}.far.test [192.0.2.${index % 256}])`;
  const key = Array.from({ length: 16 }, () => random().toString(36).slice(2, 12));
  const lines = [
    `Return-Path: <${name.replace(' ', '.')}@far.test>`,
    'Delivered-To: ada@example.test',
    `Received: ${hop}\r\n\tby here.test with ESMTPS id ${index.toString(36)};\r\n\t${sentAt}`,
    `Received: from desk (desk.far.test [198.51.100.${index % 200}])\r\n\tby mx.far.test with ESMTPSA;\r\n\t${sentAt}`,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=far.test; s=one;\r\n\th=from:to:subject:date;\r\n\tb=${key.join('\r\n\t ')}`,
    `From: ${name} <${name.replace(' ', '.')}@far.test>`,
    `To: Ada <ada@example.test>${random() < 0.4 ? ', Team <team@example.test>' : ''}`,
    `Subject: ${index === root ? '' : 'Re: '}${random() < 0.1 ? '=?utf-8?q?Gr=C3=BC=C3=9Fe?= ' : ''}${subject}`,
    `Date: ${sentAt}`,
    `Message-ID: <m${index}@far.test>`,
    'MIME-Version: 1.0',
    'X-Mailer: Bench 1.0',
  ];
  if (random() < 0.2) lines.push('Cc: Carol <carol@example.test>');
  if (index !== root) lines.push(`In-Reply-To: <m${root}@far.test>`);
  if (index !== root) lines.push(`References: <m${root}@far.test>`);
  return lines;
}

function makeMultipart(hasAttachment: boolean, sizeBytes: number, random: () => number): string[] {
  const [outer, inner] = ['outer-boundary', 'inner-boundary'];
  const text = makeText(random, sizeBytes / 3);
  const alternative = [
    `Content-Type: multipart/alternative; boundary="${inner}"`,
    '',
    `--${inner}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    `--${inner}`,
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    `<html><body><p>${text.replaceAll('\r\n', '<br>=\r\n')}</p></body></html>`,
    `--${inner}--`,
    '',
  ];
  if (!hasAttachment) return alternative;
  const noise = Array.from({ length: Math.ceil(sizeBytes / 3) }, () => Math.floor(random() * 256));
  const base64 = Buffer.from(noise).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  return [
    `Content-Type: multipart/mixed; boundary="${outer}"`,
    '',
    `--${outer}`,
    ...alternative,
    `--${outer}`,
    'Content-Type: application/pdf; name="report.pdf"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="report.pdf"',
    '',
    base64,
    `--${outer}--`,
    '',
  ];
}
