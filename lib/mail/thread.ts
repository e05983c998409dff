// Threads of messages: ORDEREDSUBJECT and REFERENCES (RFC 5256 §3), and REFS (draft-ietf-morg-inthread: as
// REFERENCES, without subjects, the thread with the latest arrival last). Pure.
//
// Invariants: every message stands in exactly one thread; no loop, whatever the References fields say; the work
// is n log n, however long or wide a thread is; nothing here recurses.

import { operationsPerStep, type Steps, sortSteps } from './steps.ts';
import { linkReferences, type ReferenceColumns } from './thread-links.ts';
import { mergeSubjects } from './thread-merge.ts';

/** Messages as columns, in the order of their numbers. */
export type ThreadColumns = ReferenceColumns & {
  /** Milliseconds: the Date field or, where it is unreadable, INTERNALDATE (RFC 5256 §2.2). */
  sentAt: Float64Array;
  /** INTERNALDATE. */
  arrivedAt: Float64Array;
  /** A number for each base subject, 0 for the empty one. */
  subjects: Float64Array;
  /** 1 where the subject is that of a reply or forward. */
  replies: Uint8Array;
};

/** Nodes below `size` are messages, others only hold their children together. */
export type Forest = {
  size: number;
  roots: number[];
  children: ReadonlyMap<number, readonly number[]>;
};

export type ThreadAlgorithm = 'ORDEREDSUBJECT' | 'REFERENCES' | 'REFS';

/** The threads in their order, and in each of them the answers in theirs. */
export function buildThreads(columns: ThreadColumns, algorithm: ThreadAlgorithm): Steps<Forest> {
  return algorithm === 'ORDEREDSUBJECT'
    ? groupSubjects(columns)
    : followReferences(columns, algorithm === 'REFS');
}

/** RFC 5256 §3: the first message of a subject is the parent of all others that have it. */
function* groupSubjects({ size, subjects, sentAt }: ThreadColumns): Steps<Forest> {
  const order = yield* sortSteps(
    Array.from({ length: size }, (_unused, index) => index),
    (one, other) => sentAt[one]! - sentAt[other]!,
  );
  const firsts = new Map<number, number>();
  const children = new Map<number, number[]>();
  const roots: number[] = [];
  for (const [step, message] of order.entries()) {
    if (step % operationsPerStep === 0) yield;
    const first = firsts.get(subjects[message]!);
    if (first === undefined) {
      firsts.set(subjects[message]!, message);
      roots.push(message);
    } else add(children, first, message);
  }
  return { size, roots, children };
}

function* followReferences(columns: ThreadColumns, isRefs: boolean): Steps<Forest> {
  const { size } = columns;
  const parents = yield* linkReferences(columns);
  const tree = yield* prune(size, parents);
  yield* sortChildren(tree, columns, true);
  tree.roots = yield* sortSteps(tree.roots, compareBy(tree, columns));
  if (isRefs) {
    yield* sortChildren(tree, columns, false);
    tree.roots = yield* sortByLatest(tree, columns.arrivedAt);
    return tree;
  }
  yield* mergeSubjects(tree, columns);
  // RFC 5256 §3 step 6, from below: what only holds others together is as old as the first of them.
  yield* sortChildren(tree, columns, false);
  yield* sortChildren(tree, columns, true);
  tree.roots = yield* sortSteps(tree.roots, compareBy(tree, columns));
  return tree;
}

export type Tree = { size: number; roots: number[]; children: Map<number, number[]> };

/**
 * RFC 5256 §3 steps 2 and 3: of the nodes that are no message only those stay that hold several messages together
 * at the root; answers to others go to the nearest message above.
 */
function* prune(size: number, parents: readonly number[]): Steps<Tree> {
  const tree: Tree = { size, roots: [], children: new Map() };
  /** For a node that is no message: the nearest message above it, or ~ the node at the top. */
  const nearest = new Map<number, number>();
  const tops = new Map<number, number[]>();
  for (let message = 0; message < size; message++) {
    if (message % operationsPerStep === 0) yield;
    const parent = parents[message]!;
    if (parent < 0) {
      tree.roots.push(message);
      continue;
    }
    const above = parent < size ? parent : yield* findNearest(parent, size, parents, nearest);
    if (above >= 0) add(tree.children, above, message);
    else add(tops, ~above, message);
  }
  for (const [top, messages] of tops) {
    if (messages.length === 1) tree.roots.push(messages[0]!);
    else {
      tree.roots.push(top);
      tree.children.set(top, messages);
    }
  }
  return tree;
}

/** Message at or above `node`; ~ the topmost node where none is. */
function* findNearest(
  node: number,
  size: number,
  parents: readonly number[],
  nearest: Map<number, number>,
): Steps<number> {
  const path: number[] = [];
  let at = node;
  let found = nearest.get(at);
  while (at >= size && found === undefined) {
    path.push(at);
    if (path.length % operationsPerStep === 0) yield;
    const parent = parents[at]!;
    if (parent < 0) found = ~at;
    else {
      at = parent;
      found = nearest.get(at);
    }
  }
  const result = found ?? at;
  for (const passed of path) nearest.set(passed, result);
  return result;
}

/** So many are sorted at once. */
const fewAnswers = 50;

/** Sorts answers by the time they were sent: those of nodes that are no messages, or of messages. */
function* sortChildren(tree: Tree, columns: ThreadColumns, ofDummies: boolean): Steps<void> {
  const compare = compareBy(tree, columns);
  let operations = 0;
  for (const [node, list] of tree.children) {
    if (++operations % operationsPerStep === 0) yield;
    if (node >= tree.size !== ofDummies || list.length < 2) continue;
    if (list.length > fewAnswers) tree.children.set(node, yield* sortSteps(list, compare));
    else list.sort(compare);
  }
}

/** Equal times: by number, since messages come in that order (RFC 5256 §3). */
function compareBy(tree: Tree, { sentAt }: ThreadColumns): (one: number, other: number) => number {
  const first = (node: number) => (node < tree.size ? node : firstOf(tree, node));
  return (one, other) => {
    const a = first(one);
    const b = first(other);
    return sentAt[a]! - sentAt[b]! || a - b;
  };
}

/** The first message that a node holds; merging puts such nodes at most two deep into each other. */
export function firstOf(tree: Tree, node: number): number {
  let at = node;
  while (at >= tree.size) at = tree.children.get(at)![0]!;
  return at;
}

function* sortByLatest(tree: Tree, arrivedAt: Float64Array): Steps<number[]> {
  const latest = new Map<number, number>();
  let operations = 0;
  for (const root of tree.roots) {
    let most = 0;
    const open = [root];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (++operations % operationsPerStep === 0) yield;
      if (node < tree.size) most = Math.max(most, arrivedAt[node]!);
      for (const child of tree.children.get(node) ?? []) open.push(child);
    }
    latest.set(root, most);
  }
  return yield* sortSteps(tree.roots, (one, other) => latest.get(one)! - latest.get(other)!);
}

function add(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
