// Who answers whom, from Message-ID, References and In-Reply-To (RFC 5256 §3, REFERENCES step 1). Pure.
//
// Invariant: a node is linked below another one only while it is the root of its own tree and the other one
// stands in a different tree, so there is never a loop, and finding that out costs next to nothing.
import { operationsPerStep, type Steps } from './steps.ts';

export type ReferenceColumns = {
  size: number;
  /** A number for each Message-ID, 0 for none. */
  ids: Float64Array;
  /** References of message n: `references` from `starts[n]` up to `starts[n + 1]`, the oldest first. */
  starts: Uint32Array;
  references: Float64Array;
};

/** Messages that are only referred to: so many for each that is there, else somebody fills our memory. */
const missingPerMessage = 4;

/**
 * The parent of each node, or -1. Nodes below `size` are the messages; the others are such as nobody has, but
 * some name.
 */
export function* linkReferences(columns: ReferenceColumns): Steps<number[]> {
  const { size, ids, starts, references } = columns;
  const parents: number[] = new Array(size).fill(-1);
  const trees = new Trees(size);
  const nodes = new Map<number, number>();
  const limit = size * (missingPerMessage + 1) + 1000;
  const nodeOf = (id: number): number => {
    let node = nodes.get(id);
    if (node === undefined && parents.length < limit) {
      node = parents.push(-1) - 1;
      nodes.set(id, node);
    }
    return node ?? -1;
  };
  for (let message = 0; message < size; message++) {
    if (message % operationsPerStep === 0) yield;
    // A second message of the same id is one of its own.
    if (ids[message] !== 0 && !nodes.has(ids[message]!)) nodes.set(ids[message]!, message);
  }
  const link = (parent: number, child: number) => {
    if (parent < 0 || child < 0 || parents[child] !== -1 || !trees.join(child, parent)) return;
    parents[child] = parent;
  };
  // 1.B first: what a message says of itself stands above what others say of it.
  for (let message = 0; message < size; message++) {
    if (message % operationsPerStep === 0) yield;
    if (starts[message + 1]! > starts[message]!) {
      link(nodeOf(references[starts[message + 1]! - 1]!), message);
    }
  }
  let operations = 0;
  for (let message = 0; message < size; message++) {
    let parent = -1;
    for (let at = starts[message]!; at < starts[message + 1]!; at++) {
      if (++operations % operationsPerStep === 0) yield;
      const child = nodeOf(references[at]!);
      // A message that comes later will say itself that it answers nobody.
      if (child >= size || child < message) link(parent, child);
      if (child >= 0) parent = child;
    }
  }
  return parents;
}

/** Which tree a node is in (union-find). */
class Trees {
  /** The node itself at a root. */
  #above: number[];

  constructor(size: number) {
    this.#above = Array.from({ length: size }, (_unused, index) => index);
  }

  #find(node: number): number {
    const above = this.#above;
    while (above.length <= node) above.push(above.length);
    let at = node;
    while (above[at] !== at) {
      above[at] = above[above[at]!]!;
      at = above[at]!;
    }
    return at;
  }

  /** Puts the tree whose root is `root` below `node`; false when that would close a loop. */
  join(root: number, node: number): boolean {
    const top = this.#find(node);
    if (top === root) return false;
    this.#find(root);
    this.#above[root] = top;
    return true;
  }
}
