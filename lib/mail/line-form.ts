// Whether the octets of a message are already as POP3 sends them (RFC 1939 §3): whole lines that end with CRLF and a blank
// line behind the header, which is ASCII. Of any other message POP3 sends some octets more than are stored. Pure.
import { isAscii } from 'node:buffer';

const cr = 13;
const lf = 10;

/** Linear; most of what says no says so early. */
export function isInLineForm(bytes: Buffer): boolean {
  let lineStart = 0;
  let bodyStart = -1;
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, lineStart)) {
    if (bytes[at - 1] !== cr) return false;
    if (bodyStart < 0 && at === lineStart + 1) {
      bodyStart = at + 1;
      if (!isAscii(bytes.subarray(0, bodyStart))) return false;
    }
    lineStart = at + 1;
  }
  return bodyStart >= 0 && lineStart === bytes.length;
}
