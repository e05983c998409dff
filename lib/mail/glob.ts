// Patterns of rules: "*" stands for anything, "?" for one character, capitals do not count. Matching costs
// at most a fixed number of steps for each character of the text, whatever pattern and text are: each piece
// between two stars is looked for once, from left to right, and never again.

/** Longer than rules may be (lib/accounts/access-pattern.ts). */
const maxPatternLength = 1000;

type Piece = { text: string; find(text: string, from: number): number };

export type Glob = {
  /** Whether the whole text fits. Give it in lower case (`toMatchable`). */
  isFit(text: string): boolean;
  /** Whether some part of the text fits. */
  isFoundIn(text: string): boolean;
};

/** Text as patterns are held against it. */
export function toMatchable(text: string): string {
  return text.toLowerCase();
}

/** Reads a pattern. */
export function readGlob(pattern: string): Glob {
  const pieces = toMatchable(pattern).slice(0, maxPatternLength).split('*').map(readPiece);
  const first = pieces[0] as Piece;
  const last = pieces.at(-1) as Piece;
  const between = pieces.slice(1, -1);
  const isFit = (text: string): boolean => {
    if (!fitsAt(first.text, text, 0)) return false;
    if (pieces.length === 1) return text.length === first.text.length;
    const end = text.length - last.text.length;
    if (end < first.text.length || !fitsAt(last.text, text, end)) return false;
    return findAll(between, text, first.text.length, end);
  };
  return { isFit, isFoundIn: (text) => findAll(pieces, text, 0, text.length) };
}

/** Whether the pieces stand one behind the other; each as early as can be, which leaves the most for the rest. */
function findAll(pieces: Piece[], text: string, from: number, end: number): boolean {
  let at = from;
  for (const piece of pieces) {
    if (piece.text === '') continue;
    const found = piece.find(text, at);
    if (found < 0) return false;
    at = found + piece.text.length;
    if (at > end) return false;
  }
  return true;
}

function fitsAt(piece: string, text: string, at: number): boolean {
  if (at + piece.length > text.length) return false;
  for (let index = 0; index < piece.length; index++) {
    const wanted = piece.charCodeAt(index);
    if (wanted !== questionMark && wanted !== text.charCodeAt(at + index)) return false;
  }
  return true;
}

const questionMark = 0x3f;

function readPiece(text: string): Piece {
  return { text, find: text.includes('?') ? makeBitFinder(text) : makeFinder(text) };
}

/** Knuth, Morris and Pratt: a mismatch never sends the text back. */
function makeFinder(piece: string): Piece['find'] {
  const fallback = new Uint16Array(piece.length + 1);
  for (let index = 1, matched = 0; index < piece.length; index++) {
    while (matched > 0 && piece[index] !== piece[matched]) matched = fallback[matched] as number;
    if (piece[index] === piece[matched]) matched++;
    fallback[index + 1] = matched;
  }
  const start = piece[0] ?? '';
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      if (matched === 0) {
        // The engine skips to the next start far faster.
        at = text.indexOf(start, at);
        if (at < 0) return -1;
      }
      const code = text.charCodeAt(at);
      while (matched > 0 && code !== piece.charCodeAt(matched)) {
        matched = fallback[matched] as number;
      }
      if (code === piece.charCodeAt(matched)) matched++;
      if (matched === piece.length) return at - piece.length + 1;
    }
    return -1;
  };
}

/** Baeza-Yates and Gonnet: one bit for each character of the piece, all moved on with each of the text. */
function makeBitFinder(piece: string): Piece['find'] {
  const words = Math.ceil(piece.length / 32);
  const any = new Uint32Array(words);
  const masks = new Map<number, Uint32Array>();
  const set = (mask: Uint32Array, index: number) => {
    mask[index >>> 5] = ((mask[index >>> 5] as number) | (1 << (index & 31))) >>> 0;
  };
  for (let index = 0; index < piece.length; index++) {
    const code = piece.charCodeAt(index);
    if (code === questionMark) {
      set(any, index);
      continue;
    }
    const mask = masks.get(code) ?? new Uint32Array(words);
    masks.set(code, mask);
    set(mask, index);
  }
  for (const mask of masks.values()) {
    for (let word = 0; word < words; word++) {
      mask[word] = ((mask[word] as number) | (any[word] as number)) >>> 0;
    }
  }
  const lastWord = words - 1;
  const lastBit = (1 << ((piece.length - 1) & 31)) >>> 0;
  return (text, from) => {
    const state = new Uint32Array(words);
    for (let at = from; at < text.length; at++) {
      const mask = masks.get(text.charCodeAt(at)) ?? any;
      let carry = 1;
      for (let word = 0; word < words; word++) {
        const old = state[word] as number;
        state[word] = (((old << 1) | carry) & (mask[word] as number)) >>> 0;
        carry = old >>> 31;
      }
      if (((state[lastWord] as number) & lastBit) !== 0) return at - piece.length + 1;
    }
    return -1;
  };
}
