// The configuration as a YAML file: sections by name, each a list of entries (settings: a mapping), or { prune: true,
// entries: … } where what is not listed goes. Names, never ids; secrets only as references.
import { type Document, isMap, isScalar, isSeq, stringify, visit, type YAMLMap } from 'yaml';
import type { Fields } from '#lib/history/revise.ts';
import type { Section } from './section.ts';
import { sections } from './sections.ts';
import { readYaml } from './yaml.ts';

/** What is wrong, and where: "line 12, networks: …" */
export type Problem = { line: number | null; section: string; text: string };

/** An entry of a file. */
export type Placed = { section: Section; line: number; fields: Fields };

export type ReadFile = {
  entries: Placed[];
  /** Sections where what is not listed goes. */
  pruned: { section: Section; line: number }[];
  /** Sections that stand in the file. */
  named: Section[];
  problems: Problem[];
};

/** Gives the secret that a reference means. Refusal 'invalid' where there is none. */
export type ReadSecret = (reference: { env: string } | { file: string }) => string;

const version = 1;
const maxCharacters = 64 * 1024 * 1024;
const heading =
  '# The configuration of Drey, for "drey plan" and "drey apply" (docs/configuration.md).\n';

/** The text of a file; `byName`: the entries of each section. */
export function writeFile(byName: Map<string, Fields[]>): string {
  return heading + stringify(toBody(byName), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The same as one value: sections by name. */
export function toBody(byName: Map<string, Fields[]>): Fields {
  const body: Fields = { drey: version };
  for (const { name } of sections) {
    const entries = byName.get(name);
    if (!entries) continue;
    body[name] =
      name === 'settings'
        ? Object.fromEntries(entries.map(({ key, value }) => [key, value]))
        : entries;
  }
  return body;
}

/** Reads a file whole: what is wrong with one entry hides nothing of the others. */
export function readFile(text: string, readSecret: ReadSecret): ReadFile {
  const read: ReadFile = { entries: [], pruned: [], named: [], problems: [] };
  if (text.length > maxCharacters) {
    read.problems.push({ line: null, section: '', text: 'The file is too long.' });
    return read;
  }
  const { document, mistakes, lines } = readYaml(text);
  const lineAt = (node: unknown) => {
    const range = (node as { range?: [number] | null } | null)?.range;
    return range ? lines.linePos(range[0]).line : 1;
  };
  for (const { line, text } of mistakes) read.problems.push({ line, section: '', text });
  for (const key of document ? listDoubles(document) : []) {
    const twice = `The key "${String(key)}" stands here twice.`;
    read.problems.push({ line: lineAt(key), section: '', text: twice });
  }
  for (const text of document ? listWithNul(document) : []) {
    const held = 'A text here holds a NUL character, which no database keeps.';
    read.problems.push({ line: lineAt(text), section: '', text: held });
  }
  if (read.problems.length > 0) return read;
  const body = document?.contents;
  if (!isMap(body)) {
    read.problems.push({ line: 1, section: '', text: 'The file is no mapping of sections.' });
    return read;
  }
  for (const pair of body.items) {
    const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const line = lineAt(pair.key);
    if (name === 'drey') {
      if ((body.get('drey') as unknown) === version) continue;
      read.problems.push({
        line,
        section: name,
        text: `This version reads files with drey: ${version}.`,
      });
      continue;
    }
    const section = sections.find((one) => one.name === name);
    if (section) readSection(section, pair.value, line, { read, lineAt, readSecret });
    else read.problems.push({ line, section: name, text: `There is no section "${name}".` });
  }
  return read;
}

/** The keys of mappings that stand there a second time. */
function listDoubles(document: Document): unknown[] {
  const doubles: unknown[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) doubles.push(key);
        seen.add(name);
      }
    },
  });
  return doubles;
}

/** A NUL may be written as an escape ("\0"), so it is looked for in what is read. */
function listWithNul(document: Document): unknown[] {
  const found: unknown[] = [];
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === 'string' && scalar.value.includes('\0')) found.push(scalar);
    },
  });
  return found;
}

type Reading = { read: ReadFile; lineAt(node: unknown): number; readSecret: ReadSecret };

function readSection(section: Section, node: unknown, line: number, reading: Reading): void {
  const { read } = reading;
  const complain = (text: string) => read.problems.push({ line, section: section.name, text });
  read.named.push(section);
  let listed = node;
  if (isMap(node) && (node.has('entries') || node.has('prune'))) {
    if (node.items.some(({ key }) => !['entries', 'prune'].includes(String(key)))) {
      complain('Beside "prune" stand "entries" alone.');
    }
    listed = node.get('entries', true);
    if (node.get('prune') === true) {
      if (section.isKept) complain(`No "prune" here: ${section.isKept}.`);
      else read.pruned.push({ section, line });
    }
  }
  if (listed === null || listed === undefined || (isScalar(listed) && listed.value === null))
    return;
  const isSettings = section.name === 'settings';
  if (isSettings ? !isMap(listed) : !isSeq(listed)) {
    complain(isSettings ? 'Settings are a mapping of keys to values.' : 'Give a list of entries.');
    return;
  }
  const nodes = isSettings
    ? (listed as YAMLMap).items.map(({ key, value }) => {
        return { node: key, raw: { key: toPlain(key), value: toPlain(value) } };
      })
    : (listed as { items: unknown[] }).items.map((item) => ({ node: item, raw: toPlain(item) }));
  const seen = new Set<string>();
  for (const { node: place, raw } of nodes) {
    const fields = readEntry(section, raw, reading.lineAt(place), reading);
    if (!fields) continue;
    const identity = section.identify(fields);
    if (seen.has(identity)) {
      const text = `${identity}: stands here twice.`;
      read.problems.push({ line: reading.lineAt(place), section: section.name, text });
    }
    seen.add(identity);
    read.entries.push({ section, line: reading.lineAt(place), fields });
  }
}

function toPlain(node: unknown): unknown {
  const known = node as { toJSON?(): unknown } | null;
  return typeof known?.toJSON === 'function' ? known.toJSON() : node;
}

function readEntry(
  section: Section,
  raw: unknown,
  line: number,
  { read, readSecret }: Reading,
): Fields | null {
  const complain = (text: string) => read.problems.push({ line, section: section.name, text });
  if (typeof raw !== 'object' || raw === null) {
    complain('Give the fields of the entry.');
    return null;
  }
  let given: Fields;
  try {
    given = resolveSecrets(section, raw as Fields, readSecret);
  } catch (error) {
    complain((error as Error).message);
    return null;
  }
  const parsed = section.schema.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    complain(path.length > 0 ? `${path.join('.')}: ${message}` : message);
  }
  return null;
}

/** References become what they mean; `kept` the one that is here. Throws where a reference is none. */
function resolveSecrets(section: Section, raw: Fields, readSecret: ReadSecret): Fields {
  const { secrets = [], isSecret = () => true } = section;
  const fields = { ...raw };
  if (!isSecret(fields)) return fields;
  for (const name of secrets) {
    const value = fields[name];
    if (value === undefined || value === '') continue;
    const { secret, env, file } = (value ?? {}) as Record<string, unknown>;
    if (secret === 'kept') fields[name] = keptSecret;
    else if (typeof env === 'string') fields[name] = readSecret({ env });
    else if (typeof file === 'string') fields[name] = readSecret({ file });
    else throw new Error(`${name}: give a secret as { env: NAME } or { file: PATH }.`);
  }
  return fields;
}

/** Stands for a secret that stays as it is. */
export const keptSecret = '\u0000kept';
