// format=flowed (RFC 3676): text whose lines phones may wrap anew, and which looks like ordinary mail elsewhere.

/** §4.2: no line longer than 78 characters; shorter reads better once it is quoted. */
const columns = 72;

/** Breaks lines softly at 72 columns, quotes included; the signature mark keeps its line. CRLF between lines. */
export function toFlowed(text: string): string {
  const lines: string[] = [];
  for (const raw of text.replace(/\r\n?/g, '\n').split('\n')) {
    // §4.3: the mark of a signature is no soft break.
    if (raw === '-- ') lines.push(raw);
    else if (raw.startsWith('>')) lines.push(...wrapQuote(raw));
    else lines.push(...wrapSoftly(trimBlanks(raw), columns).map(stuff));
  }
  return lines.join('\r\n');
}

/** §4.5: every line of a quoted paragraph carries the same number of marks, without blanks between them. */
function wrapQuote(raw: string): string[] {
  const [mark = ''] = /^(?:> ?)+/.exec(raw) ?? [];
  const marks = mark.replace(/ /g, '');
  const content = trimBlanks(raw.slice(mark.length));
  if (content === '') return [marks];
  const room = Math.max(20, columns - marks.length - 1);
  return wrapSoftly(content, room).map((line) => `${marks} ${line}`);
}

function wrapSoftly(line: string, room: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > room) {
    const space = rest.lastIndexOf(' ', room - 1);
    const at = space > 0 ? space : rest.indexOf(' ', room);
    if (at <= 0) break;
    // A run of blanks stays together: a line that began with one would lose it.
    let end = at + 1;
    while (rest[end] === ' ') end++;
    if (end >= rest.length) break;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  lines.push(rest);
  return lines;
}

/** §4.4: a line that begins like a quote, a space or "From " gets a space in front. */
function stuff(line: string): string {
  return /^(?: |>|From )/.test(line) ? ` ${line}` : line;
}

/** Without the blanks at the end; a pattern would look at each run of blanks from every one of its places. */
function trimBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === ' ') end--;
  return text.slice(0, end);
}
