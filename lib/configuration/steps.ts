// What a file would change, one step each: what it says compared with what stands here. Nothing is done yet.
import { type Fields, maskSecret, reviseOnce } from '#lib/history/revise.ts';
import { keptSecret, type Placed, type Problem, type ReadFile } from './file.ts';
import { findOrder, sortEntries } from './order.ts';
import type { Entry, Section } from './section.ts';
import { type Difference, describeChange, isNothing } from './words.ts';

export type PlannedChange = {
  section: string;
  action: 'add' | 'change' | 'remove' | 'order';
  /** "network 10.0.0.0/8" */
  subject: string;
  line: number;
  differences: Difference[];
};

/** One change on its way. */
export type Step = {
  section: Section;
  line: number;
  shown: PlannedChange;
  /** Nothing to show: the order of entries that are added. */
  isQuiet?: boolean;
  /** Gives what is to be done after it. */
  run(by: string): Promise<Step[]>;
};

/** What must be done, compared with what stands here. */
export async function readSteps(file: ReadFile): Promise<{ steps: Step[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const removing: Step[] = [];
  const steps: Step[] = [];
  for (const section of file.named) {
    const placed = file.entries.filter((entry) => entry.section === section);
    const entries = await section.list();
    const known = new Map(entries.map((entry) => [section.identify(entry.fields), entry]));
    for (const one of placed) {
      const entry = known.get(section.identify(one.fields));
      const step = entry ? await changeStep(one, entry) : addStep(one, problems);
      if (step) steps.push(step);
    }
    const pruned = file.pruned.find((one) => one.section === section);
    const listed = new Set(placed.map(({ fields }) => section.identify(fields)));
    const gone = pruned
      ? entries.filter(({ fields }) => !listed.has(section.identify(fields)))
      : [];
    for (const entry of gone) removing.unshift(removeStep(section, entry, pruned?.line ?? 1));
    steps.push(...orderSteps(section, placed, entries));
  }
  return { steps: [...removing, ...steps], problems };
}

function addStep({ section, line, fields }: Placed, problems: Problem[]): Step | null {
  const kept = Object.keys(fields).filter((name) => fields[name] === keptSecret);
  const subject = section.recorded.describe(String(fields.key ?? section.identify(fields)), fields);
  if (kept.length > 0) {
    const text = `${subject}: there is no secret here to keep; give { env: NAME } or { file: PATH }.`;
    problems.push({ line, section: section.name, text });
    return null;
  }
  const { later = [] } = section;
  const first = Object.fromEntries(Object.entries(fields).filter(([key]) => !later.includes(key)));
  const rest = Object.entries(fields).filter(
    ([key, value]) => later.includes(key) && !isNothing(value),
  );
  const shown = showChange(section, subject, line, null, hide(section, fields));
  return {
    section,
    line,
    shown,
    run: async (by) => {
      const key = await section.add(first, by);
      if (rest.length === 0) return [];
      const run = async () => {
        await section.change(key, Object.fromEntries(rest), by);
        return [];
      };
      return [{ section, line, shown, run }];
    },
  };
}

async function changeStep({ section, line, fields }: Placed, entry: Entry): Promise<Step | null> {
  const changed: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === keptSecret || name === 'passwordHash') continue;
    const isSecret = section.secrets?.includes(name) && (section.isSecret?.(fields) ?? true);
    const known = isSecret ? await section.readSecret?.(entry.key) : entry.fields[name];
    if (JSON.stringify(value) !== JSON.stringify(known ?? (isSecret ? '' : known))) {
      changed[name] = value;
    }
  }
  if (Object.keys(changed).length === 0) return null;
  const before = Object.fromEntries(Object.keys(changed).map((name) => [name, entry.fields[name]]));
  const subject = section.recorded.describe(entry.key, entry.fields);
  return {
    section,
    line,
    shown: showChange(section, subject, line, before, hide(section, changed, fields)),
    run: async (by) => {
      await reviseOnce(by, section.recorded, entry.key, async () => {
        await section.change(entry.key, changed, by);
        return entry.key;
      });
      return [];
    },
  };
}

const actions = { added: 'add', changed: 'change', removed: 'remove' } as const;

function showChange(
  section: Section,
  subject: string,
  line: number,
  before: Fields | null,
  after: Fields | null,
): PlannedChange {
  const { kind } = section.recorded;
  const { what, differences } = describeChange({ kind, subject, before, after });
  return { section: section.name, action: actions[what], subject, line, differences };
}

/** The fields as they may be shown; `entry`: all of its fields. */
function hide(section: Section, fields: Fields, entry: Fields = fields): Fields {
  const isHidden = section.isSecret?.(entry) ?? true;
  const shown = Object.entries(fields).map(([name, value]) => {
    const isSecret = name === 'passwordHash' || (isHidden && section.secrets?.includes(name));
    return [name, isSecret ? maskSecret(String(value)) : value];
  });
  return Object.fromEntries(shown);
}

function removeStep(section: Section, { key, fields }: Entry, line: number): Step {
  const subject = section.recorded.describe(key, fields);
  return {
    section,
    line,
    shown: showChange(section, subject, line, fields, null),
    run: async (by) => {
      await section.remove(key, by);
      return [];
    },
  };
}

/** Puts those that a file lists into its order, in the places that they have. */
function orderSteps(section: Section, placed: Placed[], entries: Entry[]): Step[] {
  const { move, group, name } = section;
  if (!move || !group) return [];
  const byGroup = Map.groupBy(placed, ({ fields }) => group(fields));
  return [...byGroup].flatMap(([word, some]) => {
    const wanted = some.map(({ fields }) => section.identify(fields));
    const here = entries.filter(({ fields }) => group(fields) === word);
    const isSorted = findOrder(section, here, wanted).length === 0;
    const isNew = wanted.some(
      (one) => !here.some(({ fields }) => section.identify(fields) === one),
    );
    if (isSorted && !isNew) return [];
    const line = some[0]?.line ?? 1;
    const subject = `order of ${name}${word && ` (${word})`}`;
    const shown = { section: name, action: 'order' as const, subject, line, differences: [] };
    const run = async (by: string) => {
      await sortEntries(section, word, wanted, by);
      return [];
    };
    return [{ section, line, shown, isQuiet: isSorted, run }];
  });
}
