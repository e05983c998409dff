// A message as the body of a multi-line reply (RFC 1939 §3): CRLF line ends, a dot before each line that
// begins with one, a last line end, and the terminating dot. Resumable: fed in any pieces, the same octets.
//
// Invariant: a line feed alone becomes CRLF, so that no client, strict or lenient about line ends, can take
// octets of a message for the end of the reply.

const cr = 13;
const lf = 10;
const dot = 46;
const terminator = Buffer.from('.\r\n');

/** What most messages have nowhere: found in one look, which is quicker than one for each line. */
const oddLine = /[^\r]\n|\n\./;

export type Stuffer = {
  /** The octets to send for the next piece. */
  push(piece: Buffer): Buffer;
  /** What is missing at the end: the line end where there is none, and the terminating dot. */
  finish(): Buffer;
};

export function createStuffer(): Stuffer {
  let last = lf; // the octet before the next one; a start is like the start of a line
  return {
    push(piece) {
      if (piece.length === 0) return piece;
      const isOddStart = piece[0] === lf || (last === lf && piece[0] === dot);
      if (!isOddStart && !oddLine.test(piece.toString('latin1'))) {
        last = piece[piece.length - 1] ?? last;
        return piece;
      }
      const out: Buffer[] = [];
      let start = 0;
      if (last === lf && piece[0] === dot) out.push(Buffer.from('.'));
      for (let at = piece.indexOf(lf); at >= 0; at = piece.indexOf(lf, at + 1)) {
        const before = at > 0 ? piece[at - 1] : last;
        if (before !== cr) {
          out.push(piece.subarray(start, at), Buffer.from('\r'));
          start = at;
        }
        if (piece[at + 1] === dot) {
          out.push(piece.subarray(start, at + 1), Buffer.from('.'));
          start = at + 1;
        }
      }
      last = piece[piece.length - 1] ?? last;
      if (start === 0 && out.length === 0) return piece;
      out.push(piece.subarray(start));
      return Buffer.concat(out);
    },
    finish() {
      if (last === lf) return terminator;
      return Buffer.concat([Buffer.from(last === cr ? '\n' : '\r\n'), terminator]);
    },
  };
}
