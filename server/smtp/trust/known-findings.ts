// What the checks of one transaction have found out about who its message comes from, shared between them.
import type { Transaction } from '../session.ts';
import type { Findings } from './findings.ts';

const known = new WeakMap<Transaction, Findings>();

/** Keeps the findings for the checks that come later. */
export function keepFindings(transaction: Transaction, findings: Findings): void {
  known.set(transaction, findings);
}

/** The findings, or null where nobody looked. */
export function readFindings(transaction: Transaction): Findings | null {
  return known.get(transaction) ?? null;
}
