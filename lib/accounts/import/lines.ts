// The line format that Postfix's tables share (postmap(1), aliases(5)): a line that starts with a blank goes on
// with the one before, "#" at the start makes a comment. Pure.

/** One logical line; `line` is the number of its first line, from 1. */
export type LogicalLine = { line: number; text: string };

export type Problem = { line: number; reason: string };
export type Parsed<Entry> = { entries: (Entry & { line: number })[]; problems: Problem[] };

export const maxImportLength = 2_000_000;
const maxLineLength = 100_000;

/** The logical lines of a table, comments and empty ones left out. */
export function readLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  for (const [index, raw] of text.slice(0, maxImportLength).split(/\r?\n/).entries()) {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const last = lines.at(-1);
    if (/^[ \t]/.test(raw) && last) {
      if (last.text.length < maxLineLength) last.text += ` ${trimmed}`;
    } else lines.push({ line: index + 1, text: trimmed });
  }
  return lines;
}

export type Pair = { line: number; key: string; value: string };

/** "key value" of a table for postmap; what is no pair, or a regular expression, is a problem. */
export function readPairs(text: string): { pairs: Pair[]; problems: Problem[] } {
  const pairs: Pair[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { line, text: row } of readLines(text)) {
    const [, key = '', value = ''] = /^(\S+)\s+(.*)$/s.exec(row) ?? [];
    const lower = key.toLowerCase();
    if (/^!?\/|^(if|endif)\b/.test(row)) {
      problems.push({ line, reason: 'Regular expressions are not taken over.' });
    } else if (key === '') {
      problems.push({ line, reason: 'This line has a key and no value.' });
    } else if (seen.has(lower)) {
      problems.push({ line, reason: `${key} stands above already; the first one counts.` });
    } else {
      seen.add(lower);
      pairs.push({ line, key, value: value.trim() });
    }
  }
  return { pairs, problems };
}

/** A name without a domain gets `domain`; null where there is none to give. */
export function qualify(name: string, domain: string): string | null {
  if (name.includes('@')) return name;
  return domain === '' ? null : `${name}@${domain}`;
}

/** Runs `read` for each pair; what it throws as text becomes the line's problem. */
export function collect<Entry extends object>(
  pairs: Pair[],
  problems: Problem[],
  read: (pair: Pair) => Entry | Entry[] | Reason,
): Parsed<Entry> {
  const entries: (Entry & { line: number })[] = [];
  for (const pair of pairs) {
    const { line } = pair;
    const result = read(pair);
    if (result instanceof Reason) problems.push({ line, reason: result.text });
    else if (Array.isArray(result)) entries.push(...result.map((entry) => ({ ...entry, line })));
    else entries.push({ ...result, line });
  }
  return { entries, problems: problems.sort((a, b) => a.line - b.line) };
}

/** Why a line is not taken over. */
export class Reason {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
