// What DNS block lists said of this server's addresses last.
import { readFinding } from '../trail/finding.ts';

/** Under this name the finding is kept. */
export const blockListFinding = 'block-lists';

export type BlockListState = {
  address: string;
  zone: string;
  /** "failed": the list did not answer, or does not answer this name server */
  state: 'clean' | 'listed' | 'failed';
  /** What it answered: hostile text */
  answer: string;
};

/** The last look, or null before the first. */
export async function readBlockLists(): Promise<{
  at: Date;
  isGood: boolean;
  text: string;
  states: BlockListState[];
} | null> {
  const finding = await readFinding(blockListFinding);
  if (!finding) return null;
  const { at, isGood, text, detail } = finding;
  return { at, isGood, text, states: Array.isArray(detail) ? (detail as BlockListState[]) : [] };
}
