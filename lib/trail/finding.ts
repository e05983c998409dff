// Findings: what a test of the server by itself said last, one row a test, for the panel.
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { newId } from '../id.ts';
import { recordEventIn } from './record.ts';

export type Finding = {
  /** "relay-test" */
  id: string;
  at: Date;
  isGood: boolean;
  /** For a person */
  text: string;
  /** Each step, as the test wrote it */
  detail: unknown;
};

const maxDetailLength = 100_000;

/** The last finding of the test, or null where it has not run yet. */
export async function readFinding(id: string): Promise<Finding | null> {
  const row = await db.finding.findUnique({ where: { id } });
  return row ? { ...row, detail: parse(row.detail) } : null;
}

/** The last findings of tests whose ids begin so. */
export async function listFindings(prefix: string): Promise<Finding[]> {
  const rows = await db.finding.findMany({
    where: { id: { startsWith: prefix } },
    orderBy: { id: 'asc' },
  });
  return rows.map((row) => ({ ...row, detail: parse(row.detail) }));
}

/** Forgets a finding that nobody keeps up to date any more. */
export async function removeFinding(id: string): Promise<void> {
  await write((tx) => tx.finding.deleteMany({ where: { id } }));
}

/** Keeps a finding. One that turns bad, or good again, leaves an event in the trail. */
export async function saveFinding(finding: Omit<Finding, 'at'>): Promise<Finding> {
  const { id, isGood, text } = finding;
  const at = now();
  const row = { at, isGood, text, detail: JSON.stringify(finding.detail) };
  if (row.detail.length > maxDetailLength) row.detail = '[]';
  await write(async (tx) => {
    const before = await tx.finding.findUnique({ where: { id }, select: { isGood: true } });
    await tx.finding.upsert({ where: { id }, create: { id, ...row }, update: row });
    if ((before?.isGood ?? true) === isGood) return;
    const reason = isGood ? 'good-again' : 'turned-bad';
    const traceId = newId();
    await recordEventIn(tx, {
      traceId,
      kind: 'changed',
      sender: 'server',
      recipient: id,
      reason,
      text,
    });
  });
  return { ...finding, at };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}
