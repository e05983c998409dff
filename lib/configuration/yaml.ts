// YAML from strangers' hands, in bounds. The parser goes down as deep as brackets and lists are nested and makes an object of
// each mistake, so one line of brackets would hold the process for seconds: how deep it goes is seen before, by its lexer, and
// after some mistakes it stops.
import { Composer, type Document, Lexer, LineCounter, Parser, type YAMLError } from 'yaml';

/** What a file of the configuration has is four deep. */
const deepest = 50;
const mostMistakes = 100;
/** In front of a line: deeper is no indentation of anybody. */
const mostSpaces = 10 * deepest;

export type Mistake = { line: number; text: string };
export type ReadYaml = { document: Document | null; mistakes: Mistake[]; lines: LineCounter };

class TooMany extends Error {}

/** Reads a text whole. The document is null where there is none, or where reading was given up. */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const deep = findDepth(text);
  if (deep) return { document: null, mistakes: [deep], lines };
  let document: Document | null = null;
  const mistakes: Mistake[] = [];
  const note = (pos: number, said: string) => {
    mistakes.push({ line: lines.linePos(pos).line, text: said });
  };
  let count = 0;
  const countOne = (offset: number) => {
    count += 1;
    if (count <= mostMistakes) return;
    // The parser catches it on the way up, and says so: once is enough.
    const said = 'There are too many mistakes up to here; what follows was not read.';
    if (mistakes.length === 0) note(offset, said);
    throw new TooMany();
  };
  try {
    // The parser's own look for keys that stand twice takes the square of their number.
    const composer = watchMistakes(new Composer({ uniqueKeys: false }), countOne);
    const tokens = countErrors(new Parser(lines.addNewLine).parse(text), countOne);
    for (const each of composer.compose(tokens, true, text.length)) {
      if (document) note(each.range[0], 'A file has one document.');
      if (document) break;
      document = each;
    }
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    return { document: null, mistakes, lines };
  }
  const said: YAMLError[] = document ? [...document.errors, ...document.warnings] : [];
  for (const { message, pos } of said) note(pos[0], message);
  return { document, mistakes, lines };
}

type Token =
  ReturnType<InstanceType<typeof Parser>['parse']> extends Generator<infer T> ? T : never;

function* countErrors(tokens: Iterable<Token>, countOne: (offset: number) => void) {
  for (const token of tokens) {
    if (token.type === 'error') countOne(token.offset);
    yield token;
  }
}

type Source = number | { offset: number } | [number, number];
type Watched = { onError(source: Source, ...said: unknown[]): void };

/** Its only way to say what is wrong inside of a document; a test by count sees if it ever has another name. */
function watchMistakes(composer: Composer, countOne: (offset: number) => void): Composer {
  const watched = composer as unknown as Watched;
  const record = watched.onError;
  watched.onError = (source, ...said) => {
    const place = Array.isArray(source) ? source[0] : source;
    countOne(typeof place === 'number' ? place : place.offset);
    record(source, ...said);
  };
  return composer;
}

/** Where it is nested too deep: brackets in brackets, lists in a line, spaces before it. Linear. */
function findDepth(text: string): Mistake | null {
  const depth = { brackets: 0, inLine: 0 };
  let line = 1;
  let isScalar = false;
  let isLineStart = true;
  for (const token of new Lexer().lex(text)) {
    const first = token[0] ?? '';
    const isContent: boolean = isScalar || first === '"' || first === "'";
    isScalar = !isContent && first === scalarMark;
    if (!isContent) {
      if (first === '[' || first === '{') depth.brackets++;
      else if (first === ']' || first === '}') depth.brackets = Math.max(0, depth.brackets - 1);
      else if (token === '-' || token === '?' || token === ':') depth.inLine++;
      // Between brackets each piece begins anew: JSON has all of its pairs in one line.
      if (/^[[\]{},]$/.test(token)) depth.inLine = 0;
      const spaces = isLineStart && first === ' ' ? token.length : 0;
      if (Math.max(depth.brackets, depth.inLine) > deepest || spaces > mostSpaces) {
        return { line, text: `It is nested too deep: more than ${deepest} in one another.` };
      }
    }
    const newlines = countNewlines(token);
    line += newlines;
    if (newlines > 0) depth.inLine = 0;
    isLineStart = newlines > 0;
  }
  return null;
}

/** Stands in front of the text of a scalar without quotes. */
const scalarMark = '\u001f';

function countNewlines(token: string): number {
  let count = 0;
  for (let at = token.indexOf('\n'); at >= 0; at = token.indexOf('\n', at + 1)) count++;
  return count;
}
