// What a message is made of, from BODYSTRUCTURE alone (RFC 9051 §7.5.2): which parts are shown, which images
// they refer to, which are attachments. No part is fetched to decide it.
import type { MessageStructureObject } from 'imapflow';
import { safeFileName } from './file-name.ts';

export type Attachment = {
  part: string;
  fileName: string;
  /** Lower case, as the sender declared it: text for people, never a header of ours */
  type: string;
  /** Bytes after decoding, estimated from the encoded size */
  sizeBytes: number;
  isInline: boolean;
  contentId: string | null;
};

export type TextPart = {
  part: string;
  isHtml: boolean;
  charset: string;
  encoding: string;
  isFlowed: boolean;
  isDelSp: boolean;
  sizeBytes: number;
};

export type Body = { shown: TextPart; alternative: TextPart | null };

export type Structure = {
  bodies: Body[];
  attachments: Attachment[];
  /** Images by Content-ID, for cid: references */
  inlineImages: Attachment[];
  hasAttachments: boolean;
};

const maxDepth = 30;
const maxParts = 500;

/** Reads a body structure; a deeper or larger one than any honest message is cut, never an error. */
export function readStructure(root: MessageStructureObject | undefined): Structure {
  const found: Structure = { bodies: [], attachments: [], inlineImages: [], hasAttachments: false };
  if (!root) return found;
  walk(root, 0, false, found);
  found.hasAttachments = found.attachments.some((each) => !each.isInline);
  return found;
}

function walk(
  node: MessageStructureObject,
  depth: number,
  isRelated: boolean,
  found: Structure,
): void {
  if (depth > maxDepth || found.bodies.length + found.attachments.length > maxParts) return;
  const type = (node.type || 'text/plain').toLowerCase();
  const children = node.childNodes ?? [];
  if (type === 'multipart/alternative') {
    walkAlternative(children, depth, found);
    return;
  }
  if (type.startsWith('multipart/')) {
    for (const child of children) walk(child, depth + 1, type === 'multipart/related', found);
    return;
  }
  const text = readText(node, type);
  if (text) found.bodies.push({ shown: text, alternative: null });
  else addLeaf(node, type, isRelated, found);
}

/** RFC 2046 §5.1.4: the last alternative that can be shown is the best; plain text stays at hand. */
function walkAlternative(
  children: MessageStructureObject[],
  depth: number,
  found: Structure,
): void {
  const branches = children.map((child) => {
    const branch: Structure = {
      bodies: [],
      attachments: [],
      inlineImages: [],
      hasAttachments: false,
    };
    walk(child, depth + 1, false, branch);
    return branch;
  });
  const html = branches.findLast((branch) => branch.bodies.some((body) => body.shown.isHtml));
  const plain = branches.find((branch) => branch.bodies.some((body) => !body.shown.isHtml));
  const best = html ?? plain;
  for (const branch of branches) {
    found.attachments.push(...branch.attachments);
    found.inlineImages.push(...branch.inlineImages);
  }
  if (!best) return;
  const alternative = html && plain ? (plain.bodies[0]?.shown ?? null) : null;
  found.bodies.push(...best.bodies.map((body, i) => (i === 0 ? { ...body, alternative } : body)));
}

function readText(node: MessageStructureObject, type: string): TextPart | null {
  if (type !== 'text/plain' && type !== 'text/html') return null;
  if (node.disposition?.toLowerCase() === 'attachment') return null;
  if (nameOf(node) && node.disposition) return null;
  const parameters = node.parameters ?? {};
  return {
    part: node.part ?? '1',
    isHtml: type === 'text/html',
    charset: parameters.charset ?? '',
    encoding: node.encoding ?? '',
    isFlowed: parameters.format?.toLowerCase() === 'flowed',
    isDelSp: parameters.delsp?.toLowerCase() === 'yes',
    sizeBytes: node.size ?? 0,
  };
}

function addLeaf(
  node: MessageStructureObject,
  type: string,
  isRelated: boolean,
  found: Structure,
): void {
  const contentId = node.id?.replace(/^\s*<?|>?\s*$/g, '') || null;
  const isImage = type.startsWith('image/');
  const isInline =
    contentId !== null && isImage && (isRelated || node.disposition?.toLowerCase() === 'inline');
  const encoded = node.size ?? 0;
  const attachment: Attachment = {
    part: node.part ?? '1',
    fileName: safeFileName(nameOf(node) || defaultName(node, type)),
    type,
    sizeBytes:
      node.encoding?.toLowerCase() === 'base64' ? Math.floor((encoded * 3) / 4.1) : encoded,
    isInline,
    contentId,
  };
  if (isImage && contentId) found.inlineImages.push(attachment);
  found.attachments.push(attachment);
}

function nameOf(node: MessageStructureObject): string {
  return node.dispositionParameters?.filename || node.parameters?.name || '';
}

function defaultName(node: MessageStructureObject, type: string): string {
  if (type === 'message/rfc822') return `${node.envelope?.subject?.slice(0, 80) || 'message'}.eml`;
  if (type === 'text/calendar') return 'invitation.ics';
  const subtype = /^[a-z]+\/(?:x-)?([a-z0-9]+)$/.exec(type)?.[1] ?? 'bin';
  const extension =
    ({ jpeg: 'jpg', plain: 'txt', 'svg+xml': 'svg' } as Record<string, string>)[subtype] ?? subtype;
  return `attachment.${extension}`;
}
