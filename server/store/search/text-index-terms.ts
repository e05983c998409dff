// What the text index keeps of a text, and what it asks for a needle. A text is cut into runs of letters and
// digits; a term is a piece of a text without a gap, so a message that has a term which contains the needle
// contains the needle: no look at the text is needed. Runs that would fill the vocabulary with what occurs
// once (ids, base64), and scripts that do not part words, are kept as overlapping pieces instead.
//
// Invariant: what `eachTerm` says of a text and what `planNeedle` asks must follow from each other; whoever
// changes one of them raises TERMS_VERSION. Everything here is about folded text (fold.ts). No I/O.

/** Raise it when terms are made differently: the index is built anew then. */
export const TERMS_VERSION = 1;

const SPACE = 0;
const SYMBOL = 1;
const LETTER = 2;
const DIGIT = 3;
/** Letters of scripts that write words together, and everything outside the basic plane. */
const DENSE = 4;

const denseScripts =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Yiii}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}\p{scx=Java}\p{scx=Bali}\p{scx=Lana}\p{scx=Talu}]/u;

let table: Uint8Array | null = null;

/** The class of each UTF-16 unit; some 20 ms, once. */
function readClasses(): Uint8Array {
  if (table) return table;
  table = new Uint8Array(0x10000);
  for (let unit = 0; unit < 0x10000; unit++) table[unit] = classify(unit);
  return table;
}

function classify(unit: number): number {
  if (unit >= 0xd800 && unit <= 0xdfff) return DENSE;
  const character = String.fromCharCode(unit);
  if (/[\p{L}\p{M}]/u.test(character)) return denseScripts.test(character) ? DENSE : LETTER;
  if (/\p{N}/u.test(character)) return DIGIT;
  return /[\p{Z}\p{Cc}]/u.test(character) ? SPACE : SYMBOL;
}

/** A run of one kind; symbols stand alone, white space is in none. */
type Run = { kind: 'word' | 'dense' | 'symbol'; start: number; end: number; digits: number };

/** Calls `see` for each run, with the numbers of one object that is used again. */
function eachRun(text: string, see: (run: Run) => void): void {
  const classes = readClasses();
  const run: Run = { kind: 'word', start: 0, end: 0, digits: 0 };
  const length = text.length;
  for (let at = 0; at < length; ) {
    const first = classes[text.charCodeAt(at)]!;
    if (first === SPACE) {
      at++;
      continue;
    }
    run.start = at++;
    run.digits = first === DIGIT ? 1 : 0;
    if (first === SYMBOL) run.kind = 'symbol';
    else if (first === DENSE) {
      run.kind = 'dense';
      while (at < length && classes[text.charCodeAt(at)] === DENSE) at++;
    } else {
      run.kind = 'word';
      for (; at < length; at++) {
        const next = classes[text.charCodeAt(at)]!;
        if (next === DIGIT) run.digits++;
        else if (next !== LETTER) break;
      }
    }
    run.end = at;
    see(run);
  }
}

/** Marks pieces of long words, so that they are not taken for words. */
export const pieceMark = '\u0001';
const pieceLength = 3;
const maxWordLength = 20;
const maxMixedLength = 7;

/** Ids, hashes, base64: of these there is no end, but of pieces of three there are few. */
function isKeptWhole(length: number, digits: number): boolean {
  return digits === 0 ? length <= maxWordLength : length <= maxMixedLength;
}

/** Told of a term: the text from `start` to `end`; a piece has `pieceMark` before it. */
type Add = (start: number, end: number, isPiece: boolean) => void;

/** Calls `add` for each term of a folded text; most come many times. None is longer than 40 units. */
export function eachTerm(text: string, add: Add): void {
  eachRun(text, ({ kind, start, end, digits }) => {
    if (kind === 'dense') eachPair(text, start, end, add);
    else if (kind === 'symbol' || isKeptWhole(end - start, digits)) add(start, end, false);
    else for (let at = start; at + pieceLength <= end; at++) add(at, at + pieceLength, true);
  });
}

/** Pairs of characters, each with the next one; a character alone where there is one. */
function eachPair(text: string, start: number, end: number, add: Add): void {
  let at = start;
  let next = at + sizeAt(text, at);
  if (next >= end) add(start, end, false);
  while (next < end) {
    const after = next + sizeAt(text, next);
    add(at, after, false);
    at = next;
    next = after;
  }
}

function sizeAt(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}

/** How a run of the needle may lie in a word of the text: needles begin and end anywhere in words. */
export type Anchor = { isStart: boolean; isEnd: boolean };

/** A condition on a message: it has a term that contains `part`, or all of the terms `pieces`. */
export type Need = { part: string; anchor: Anchor; pieces: string[] };

/**
 * What a text needs to contain a folded needle: each of `needs`. `isExact`: where a term contains the part
 * the needle is certainly there, and only what was found by `pieces` has to be looked at. Null where
 * the index knows nothing of the needle (white space).
 */
export type Plan = { needs: Need[]; isExact: boolean };

/** Needs of a long needle that are asked for: more would not make the candidates fewer. */
const maxNeeds = 8;
const maxPieces = 24;

export function planNeedle(needle: string): Plan | null {
  const needs: Need[] = [];
  eachRun(needle, ({ kind, start, end }) => {
    const part = needle.slice(start, end);
    // What touches an end of the needle may go on in the text.
    const anchor = { isStart: start > 0, isEnd: end < needle.length };
    if (kind === 'symbol') needs.push({ part, anchor, pieces: [] });
    else if (kind === 'dense') needs.push(needDense(part, anchor));
    else needs.push({ part, anchor, pieces: cutPieces(part) });
  });
  if (needs.length === 0) return null;
  const isExact = needs.length === 1 && needs[0]!.part === needle;
  // The longest ones are the rarest.
  needs.sort((one, other) => other.part.length - one.part.length);
  return { needs: needs.slice(0, maxNeeds), isExact };
}

/** Terms of such scripts are pairs: a part of three characters or more is in none. */
function needDense(part: string, anchor: Anchor): Need {
  const pieces: string[] = [];
  eachPair(part, 0, part.length, (start, end) => pieces.push(part.slice(start, end)));
  if (pieces.length > 1) return { part: '', anchor, pieces: cutList(pieces) };
  return { part, anchor: { isStart: false, isEnd: false }, pieces: [] };
}

/** A part of up to three letters stands whole in a piece already; `contains` finds that. */
function cutPieces(part: string): string[] {
  const pieces: string[] = [];
  if (part.length <= pieceLength) return pieces;
  for (let at = 0; at + pieceLength <= part.length; at++) {
    pieces.push(pieceMark + part.slice(at, at + pieceLength));
  }
  return cutList(pieces);
}

function cutList(pieces: string[]): string[] {
  return [...new Set(pieces)].slice(0, maxPieces);
}

/** Whether a term that contains the part (from `at` on) may stand for it, given where the part has to lie. */
export function fitsAnchor(term: string, part: string, { isStart, isEnd }: Anchor): boolean {
  // Pieces of long words say nothing about where in the word they lie.
  if (term.startsWith(pieceMark)) return true;
  if (isStart && isEnd) return term === part;
  if (isStart) return term.startsWith(part);
  return !isEnd || term.endsWith(part);
}
