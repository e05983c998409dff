// The lines of cards (vCard 2.1, 3.0 of RFC 2426, 4.0 of RFC 6350; content lines of RFC 2425 §5.8), read tolerantly: a
// broken line is left out, never the card. Pure. Limits: 20,000 cards, 1,000 lines and 400 KB a card.

export type CardLine = {
  /** Upper case, without its group ("item1.") */
  name: string;
  /** "item1" or empty */
  group: string;
  /** Names in upper case; values as written, several of one name together */
  parameters: Map<string, string[]>;
  /** Decoded where it was quoted-printable, else as written */
  value: string;
};

const maxCards = 20_000;
const maxLines = 1000;
const maxParameters = 50;
const maxCardLength = 400 * 1024;

/** The cards of a text, each as its lines; what is between them is not read. */
export function* scanCards(text: string): Generator<CardLine[]> {
  const pattern = /^BEGIN[ \t]*:[ \t]*VCARD[ \t]*\r?$/gim;
  const starts = [...take(text.matchAll(pattern), maxCards)].map(
    (match) => match.index + match[0].length,
  );
  for (const [i, start] of starts.entries()) {
    const next = starts[i + 1] ?? text.length;
    const end = Math.min(next, start + maxCardLength);
    yield [...readLines(text.slice(start, end))];
  }
}

function* take<T>(items: Iterable<T>, most: number): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (++count > most) return;
    yield item;
  }
}

function* readLines(text: string): Generator<CardLine> {
  // RFC 6350 §3.2: a line goes on where the next begins with white space.
  const raw = text.replace(/\r?\n[ \t]/g, '').split(/\r\n|\n|\r/);
  for (let i = 0, count = 0; i < raw.length && count < maxLines; i++) {
    let line = raw[i] ?? '';
    if (/^END[ \t]*:[ \t]*VCARD/i.test(line)) return;
    if (/^[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE/i.test(line)) {
      // vCard 2.1: soft line breaks of quoted-printable, where nothing is folded.
      while (line.endsWith('=') && i + 1 < raw.length) line = line.slice(0, -1) + (raw[++i] ?? '');
    }
    const read = readContentLine(line);
    if (!read) continue;
    count++;
    yield read;
  }
}

/** A content line (RFC 2425 §5.8.2, as iCalendar has them too), or null for what is none. */
export function readContentLine(line: string): CardLine | null {
  const match = /^(?:([\w-]{1,60})\.)?([\w-]{1,60})(?=[;:])/.exec(line);
  if (!match) return null;
  let at = match[0].length;
  const parameters = new Map<string, string[]>();
  for (let count = 0; line[at] === ';'; count++) {
    if (count === maxParameters) return null;
    const parameter = /^;([\w-]*)(?:=((?:"[^"]*"|[^";:])*))?/.exec(line.slice(at, at + 2000));
    if (!parameter) return null;
    at += parameter[0].length;
    addParameter(parameters, parameter[1] ?? '', parameter[2]);
  }
  if (line[at] !== ':') return null;
  const value = decodeValue(line.slice(at + 1), parameters);
  return { name: (match[2] ?? '').toUpperCase(), group: match[1] ?? '', parameters, value };
}

function addParameter(
  parameters: Map<string, string[]>,
  typed: string,
  text: string | undefined,
): void {
  // vCard 2.1 leaves the name out: TEL;HOME;VOICE:
  const isQp = /^(?:QUOTED-PRINTABLE|BASE64)$/i.test(typed);
  const name = text === undefined ? (isQp ? 'ENCODING' : 'TYPE') : typed.toUpperCase();
  const values = (text ?? typed)
    .match(/"[^"]*"|[^,"]+/g)
    ?.slice(0, 20)
    .flatMap((value) => (value.startsWith('"') ? value.slice(1, -1).split(',') : [value]));
  parameters.set(name, [...(parameters.get(name) ?? []), ...(values ?? [])]);
}

function decodeValue(value: string, parameters: Map<string, string[]>): string {
  if (parameters.get('ENCODING')?.[0]?.toUpperCase() !== 'QUOTED-PRINTABLE') return value;
  const bytes = Buffer.from(
    value.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
  const charset = parameters.get('CHARSET')?.[0] ?? 'utf-8';
  try {
    return new TextDecoder(charset.slice(0, 40)).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

/** A value without its escapes (RFC 6350 §3.4). */
export function unescapeValue(value: string): string {
  return value.replace(/\\(.)/gs, (_, letter: string) => (/n/i.test(letter) ? '\n' : letter));
}

/** The parts of a structured value at the separator, escapes undone. */
export function splitValue(value: string, separator: ';' | ','): string[] {
  const parts = [''];
  for (let i = 0; i < value.length; i++) {
    const letter = value[i] ?? '';
    if (letter === '\\') parts[parts.length - 1] += letter + (value[++i] ?? '');
    else if (letter === separator && parts.length < 100) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map(unescapeValue);
}
