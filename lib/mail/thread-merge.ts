// Threads of one subject become one (RFC 5256 §3, REFERENCES step 5). Pure.
import { operationsPerStep, type Steps } from './steps.ts';

type Tree = { size: number; roots: number[]; children: Map<number, number[]> };
type Subjects = { subjects: Float64Array; replies: Uint8Array };

/** Changes `tree`, whose roots, and the children of those that are no messages, are in their order. */
export function* mergeSubjects(tree: Tree, columns: Subjects): Steps<void> {
  const { size, children } = tree;
  const { subjects, replies } = columns;
  const isDummy = (node: number) => node >= size;
  const firstOf = (node: number) => (isDummy(node) ? children.get(node)![0]! : node);
  const subjectOf = (node: number) => subjects[firstOf(node)]!;
  const isReply = (node: number) => replies[firstOf(node)] === 1;
  let next = Math.max(size, ...maxOf(tree.roots)) + 1;

  const table = new Map<number, number>();
  for (const [step, root] of tree.roots.entries()) {
    if (step % operationsPerStep === 0) yield;
    const subject = subjectOf(root);
    if (subject === 0) continue;
    const known = table.get(subject);
    const isBetter =
      known === undefined ||
      (!isDummy(known) && (isDummy(root) || (isReply(known) && !isReply(root))));
    if (isBetter) table.set(subject, root);
  }

  const removed = new Set<number>();
  const added: number[] = [];
  for (const [step, root] of tree.roots.entries()) {
    if (step % operationsPerStep === 0) yield;
    const subject = subjectOf(root);
    const known = subject === 0 ? undefined : table.get(subject);
    if (known === undefined || known === root || removed.has(root)) continue;
    if (isDummy(known)) {
      const list = children.get(known)!;
      if (isDummy(root)) {
        for (const child of children.get(root)!) list.push(child);
        children.delete(root);
      } else list.push(root);
      removed.add(root);
    } else if (isReply(root) && !isReply(known)) {
      const list = children.get(known);
      if (list) list.push(root);
      else children.set(known, [root]);
      removed.add(root);
    } else {
      // Neither answers the other: they are siblings.
      const dummy = next++;
      children.set(dummy, [known, root]);
      table.set(subject, dummy);
      removed.add(known).add(root);
      added.push(dummy);
    }
  }
  tree.roots = [...tree.roots, ...added].filter((root) => !removed.has(root));
}

function maxOf(list: readonly number[]): number[] {
  let most = 0;
  for (const value of list) most = Math.max(most, value);
  return [most];
}
