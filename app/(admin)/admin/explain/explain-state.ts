// What the action of the explain page answers.
import type { Explanation } from '#lib/explanation.ts';

export type ExplainState = {
  explanation?: Explanation;
  error?: string;
  fields?: Record<string, string>;
};
