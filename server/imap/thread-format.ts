// Threads as the THREAD response has them (RFC 5256 §5 thread-list): "(3 6 (4 23)(44 7 96))".
//
// Invariant: parentheses go no deeper than `nestingLimit`, since clients read them by recursion; whatever lies
// deeper follows in one row.
import { operationsPerStep, type Steps } from '#lib/mail/steps.ts';
import type { Forest } from '#lib/mail/thread.ts';

export const nestingLimit = 100;

/** The thread-lists one behind the other, '' for no messages; `nameOf` gives number or UID of a message. */
export function* formatThreads(forest: Forest, nameOf: (message: number) => number): Steps<string> {
  const { size, children } = forest;
  const pieces: string[] = [];
  let operations = 0;
  for (const root of forest.roots) {
    if (++operations % operationsPerStep === 0) yield;
    // Most messages are a thread of their own.
    if (root < size && !children.has(root)) {
      pieces.push(`(${nameOf(root)})`);
      continue;
    }
    /** What is still to be said: a node that begins a thread-list at a depth, or the end of one. */
    const open: ({ node: number; depth: number } | null)[] = [{ node: root, depth: 1 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (++operations % operationsPerStep === 0) yield;
      if (next === null) {
        pieces.push(')');
        continue;
      }
      pieces.push('(');
      open.push(null);
      if (next.depth >= nestingLimit) {
        pieces.push(yield* formatRow(forest, next.node, nameOf));
        continue;
      }
      // A message, its only answer, that one's only answer and so on; then the answers where there are several.
      let { node } = next;
      let answers = children.get(node) ?? [];
      const names: number[] = node < size ? [nameOf(node)] : [];
      while (answers.length === 1) {
        node = answers[0]!;
        if (node < size) names.push(nameOf(node));
        if (++operations % operationsPerStep === 0) yield;
        answers = children.get(node) ?? [];
      }
      pieces.push(names.join(' '));
      if (answers.length > 0 && names.length > 0) pieces.push(' ');
      for (let at = answers.length - 1; at >= 0; at--) {
        open.push({ node: answers[at]!, depth: next.depth + 1 });
      }
    }
  }
  return pieces.join('');
}

function* formatRow(
  { size, children }: Forest,
  start: number,
  nameOf: (message: number) => number,
): Steps<string> {
  const names: number[] = [];
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node < size) names.push(nameOf(node));
    if (names.length % operationsPerStep === operationsPerStep - 1) yield;
    const answers = children.get(node) ?? [];
    for (let at = answers.length - 1; at >= 0; at--) open.push(answers[at]!);
  }
  return names.join(' ');
}
