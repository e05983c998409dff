// What another server said, taken apart (RFC 5321 §4.2, RFC 3463) and made harmless: its words go into
// rows, pages and bounces. Also the results of an attempt that are built from it.

/** Outcome of an attempt for one recipient. */
export type Result = {
  /** "discarded": a relay rule threw it away. */
  kind: 'delivered' | 'deferred' | 'failed' | 'discarded';
  /** SMTP reply code; 0 where there was no reply. */
  code: number;
  /** Enhanced status code, "5.1.1". */
  status: string;
  /** Hostile words, one line. */
  text: string;
  /** Host that answered; empty where none did. */
  host: string;
  /** Of what was delivered: the host has taken NOTIFY along and reports itself (RFC 3461 §5.2.1). */
  isNotifyPassed?: boolean;
  /** How the connection was protected, for people: "TLSv1.3, MTA-STS (enforce)". */
  tls?: string;
  /** IP address of `host`. */
  address?: string;
  /** How long the attempt took. */
  tookMs?: number;
};

export type Reply = { code: number; status: string; text: string };

const maxTextLength = 900;

/** Reads a reply of one or more lines. A missing enhanced code becomes X.0.0 of the reply's class. */
export function parseReply(response: string): Reply {
  const code = Number(/^[2-5]\d\d(?=[ \-\r\n]|$)/.exec(response)?.[0] ?? 0);
  const lines = response.split(/\r?\n/).map((line) => line.replace(/^\d{3}(?:[ -]|$)/, ''));
  const first = Math.trunc(code / 100);
  let status = code ? `${first}.0.0` : '';
  const texts = lines.map((line) => {
    const found = /^([245])\.(\d{1,3})\.(\d{1,3})(?:\s+|$)/.exec(line);
    if (!found || Number(found[1]) !== first) return line;
    status = found[0].trim();
    return line.slice(found[0].length);
  });
  return { code, status, text: cleanText(texts.join(' ')) };
}

/** One line without control characters, at most 900 characters. */
export function cleanText(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, maxTextLength);
}

/** A negative reply as a result: 4yz defers, 5yz fails; anything else was no proper answer and defers. */
export function toResult(response: string, host: string): Result {
  const reply = parseReply(response);
  const isFailed = reply.code >= 500;
  const isProper = reply.code >= 400;
  return {
    kind: isFailed ? 'failed' : 'deferred',
    code: reply.code,
    status: isProper ? reply.status : '4.5.0',
    text: reply.text || 'the server answered without a reason',
    host,
  };
}
