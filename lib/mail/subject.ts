// Base subject (RFC 5256 §2.1): what is left of a subject when replies and forwards have left their marks.
// Two messages with one base subject may be of one thread.

const MAX_SUBJECT = 2_000;

/** Base subject of a decoded subject, case kept; '' when nothing but marks is there. */
export function baseSubject(subject: string): string {
  return strip(subject).base;
}

/** True when the subject carries a mark of a reply or forward (RFC 5256 §2.1, THREAD=REFERENCES step 5). */
export function isReplySubject(subject: string): boolean {
  return strip(subject).isReply;
}

/** Marks that programs write in the language of their user, with counters ("AW[2]:"). */
const localMark =
  /^(?:re|fwd?|fw|aw|antw(?:ort)?|wg|sv|vs|vb|vl|rv|enc|res|odp|pd|atb|ynt|ilt|rif|tr|ref|r|i|回复|回覆|答复|转发|轉寄)\s?(?:[[(^]\d{1,4}[\])]?)?\s?[:：]\s*/iu;

/**
 * The subject as a person reads it, without marks of answers and forwards of any language: wider than RFC 5256
 * allows for sorting, so only for finding what belongs together.
 */
export function threadSubject(subject: string): { base: string; isReply: boolean } {
  let { base, isReply } = strip(subject);
  for (let mark = localMark.exec(base); mark; mark = localMark.exec(base)) {
    base = strip(base.slice(mark[0].length)).base;
    isReply = true;
  }
  return { base, isReply };
}

function strip(subject: string): { base: string; isReply: boolean } {
  // Step 1: one line, blanks collapsed.
  let text = subject.slice(0, MAX_SUBJECT).replace(/\s+/g, ' ').trim();
  let isReply = false;
  for (;;) {
    const before = text;
    // Step 2: trailers.
    while (/\(fwd\)$/i.test(text)) {
      text = text.slice(0, -5).trimEnd();
      isReply = true;
    }
    // Steps 3 to 5: leaders, then a blob as long as something is left behind it.
    for (;;) {
      const leader = leaderLength(text);
      if (leader > 0) {
        text = text.slice(leader).trimStart();
        isReply = true;
        continue;
      }
      const blob = blobLength(text, 0);
      if (blob === 0 || text.slice(blob).trim() === '') break;
      text = text.slice(blob);
    }
    // Step 6: [fwd: subject] as a whole.
    if (/^\[fwd:/i.test(text) && text.endsWith(']')) {
      text = text.slice(5, -1).trim();
      isReply = true;
    }
    if (text === before) return { base: text, isReply };
  }
}

/** Length of `*subj-blob subj-refwd` at the start, 0 when there is none. */
function leaderLength(text: string): number {
  let at = 0;
  for (let blob = blobLength(text, at); blob > at; blob = blobLength(text, at)) at = blob;
  const word = /^(?:re|fwd?) ?/i.exec(text.slice(at, at + 5));
  if (!word) return 0;
  at += word[0].length;
  const blob = blobLength(text, at);
  if (blob > at) at = blob;
  return text[at] === ':' ? at + 1 : 0;
}

/** End of the `[...]` at `from` with the blanks behind it; `from` itself when there is none. */
function blobLength(text: string, from: number): number {
  if (text[from] !== '[') return from;
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '[') return from;
    if (text[at] !== ']') continue;
    at++;
    while (text[at] === ' ') at++;
    return at;
  }
  return from;
}
