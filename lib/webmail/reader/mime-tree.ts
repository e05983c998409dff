// What a message is made of, part by part, and every field of its header: for people who want to look behind it.
import type { MessageStructureObject } from 'imapflow';
import { Refusal } from '../../errors.ts';
import { decodeUnstructured, parseHeaderFields, splitHeader } from '../../mail/header.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { isUid } from '../imap/uid-set.ts';
import { cleanLine } from '../list/message-list.ts';
import { safeFileName } from './file-name.ts';

export type MimeNode = {
  part: string;
  type: string;
  encoding: string;
  charset: string;
  disposition: string;
  fileName: string;
  sizeBytes: number;
  children: MimeNode[];
};
export type MessageDetails = {
  header: { name: string; value: string }[];
  tree: MimeNode;
  /** The tree is cut: it has more parts than anybody reads */
  isCut: boolean;
};

const mostParts = 500;
const maxDepth = 30;
const maxHeaderBytes = 256 * 1024;
const maxFields = 1000;

/** Header and structure of a message. Refusal 'not-found'. */
export async function readDetails(
  account: MailAccount,
  folder: string,
  uid: number,
): Promise<MessageDetails> {
  const message = await withMailbox(account, folder, async (client) =>
    isUid(uid)
      ? client.fetchOne(
          `${uid}`,
          {
            uid: true,
            bodyStructure: true,
            source: { start: 0, maxLength: maxHeaderBytes },
          },
          { uid: true },
        )
      : false,
  );
  if (!message) throw new Refusal('not-found', 'This message is no longer here.');
  const bytes = splitHeader(message.source ?? Buffer.alloc(0)).header;
  const budget = { parts: mostParts };
  const tree = toNode(message.bodyStructure, 0, budget);
  return {
    header: parseHeaderFields(bytes)
      .slice(0, maxFields)
      .map(({ name, rawValue }) => ({
        name: cleanLine(name).slice(0, 200),
        value: cleanLine(decodeUnstructured(rawValue.slice(0, 64 * 1024))),
      })),
    tree,
    isCut: budget.parts <= 0,
  };
}

function toNode(
  node: MessageStructureObject | undefined,
  depth: number,
  budget: { parts: number },
): MimeNode {
  budget.parts--;
  const children =
    depth < maxDepth
      ? (node?.childNodes ?? []).flatMap((child) =>
          budget.parts > 0 ? [toNode(child, depth + 1, budget)] : [],
        )
      : [];
  const name = node?.dispositionParameters?.filename || node?.parameters?.name || '';
  return {
    part: node?.part ?? '',
    type: cleanLine(node?.type ?? 'text/plain').slice(0, 200),
    encoding: cleanLine(node?.encoding ?? '').slice(0, 50),
    charset: cleanLine(node?.parameters?.charset ?? '').slice(0, 50),
    disposition: cleanLine(node?.disposition ?? '').slice(0, 50),
    fileName: name ? safeFileName(name) : '',
    sizeBytes: node?.size ?? 0,
    children,
  };
}
