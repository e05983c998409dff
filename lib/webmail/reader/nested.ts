// Messages inside a message (message/rfc822, RFC 2046 §5.2.1) in its structure: their parts are numbered below their own
// (RFC 9051 §6.4.5).
import type { MessageEnvelopeObject, MessageStructureObject } from 'imapflow';

const maxDepth = 30;

export type Nested = {
  /** Its structure, as that of a message of its own */
  root: MessageStructureObject;
  envelope: MessageEnvelopeObject | undefined;
};

/** The message that a part is, or null. */
export function findNested(root: MessageStructureObject | undefined, part: string): Nested | null {
  const around = structureAround(root, part);
  const isIt = (each: MessageStructureObject) => isMessage(each) && (each.part ?? '1') === part;
  const node = around ? findNode(around, 0, isIt) : null;
  const child = node?.childNodes?.[0];
  if (!node || !child) return null;
  return { root: numbered(child, part), envelope: node.envelope };
}

/** The structure of the innermost message that has this part: the outer one for most. */
export function structureAround(
  root: MessageStructureObject | undefined,
  part: string,
): MessageStructureObject | undefined {
  let around = root;
  for (let depth = 0; around && depth < maxDepth; depth++) {
    const inner: MessageStructureObject | null = findNode(
      around,
      0,
      (each) => isMessage(each) && part.startsWith(`${each.part ?? '1'}.`),
    );
    const child = inner?.childNodes?.[0];
    if (!inner || !child) break;
    around = numbered(child, inner.part ?? '1');
  }
  return around;
}

/** A message of a single part has no number of its own for it: it is ".1". */
function numbered(child: MessageStructureObject, part: string): MessageStructureObject {
  return child.type?.startsWith('multipart/') ? child : { ...child, part: `${part}.1` };
}

function isMessage(node: MessageStructureObject): boolean {
  return node.type?.toLowerCase() === 'message/rfc822';
}

function findNode(
  node: MessageStructureObject,
  depth: number,
  isWanted: (node: MessageStructureObject) => boolean,
): MessageStructureObject | null {
  if (depth > maxDepth) return null;
  if (isWanted(node)) return node;
  // What is inside another message is numbered anew when that one is looked into.
  if (isMessage(node)) return null;
  for (const child of node.childNodes ?? []) {
    const found = findNode(child, depth + 1, isWanted);
    if (found) return found;
  }
  return null;
}
