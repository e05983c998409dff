// The first words of each message of a page: by PREVIEW (RFC 8970) where the server has it, else from the
// beginning of the text part, a few hundred bytes of a part fetched for all rows that share its number.
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { decodeCharset } from '../../mail/charset.ts';
import { htmlToText, makePreview } from '../../mail/text.ts';
import { decodeTransfer } from '../../mail/transfer.ts';
import { atom, type ResponseToken, runCommand, sequence, tokenText } from '../imap/raw-command.ts';
import { formatUidSet } from '../imap/uid-set.ts';
import { readStructure, type TextPart } from '../reader/structure.ts';
import { type RecentMap, recentMap } from '../recent-map.ts';

const textBytes = 1024;
const htmlBytes = 12 * 1024;

// Keyed by EMAILID (RFC 8474: the same id is the same bytes), which no two accounts share.
const shared = globalThis as { dreyPreviews?: RecentMap<string> };

/** Preview of each message by UID; missing ones are empty. The mailbox must be selected. */
export async function readPreviews(
  client: ImapFlow,
  messages: FetchMessageObject[],
): Promise<Map<number, string>> {
  shared.dreyPreviews ??= recentMap(20_000);
  const cache = shared.dreyPreviews;
  const previews = new Map<number, string>();
  const missing = messages.filter((message) => {
    const known = message.emailId ? cache.get(message.emailId) : undefined;
    if (known !== undefined) previews.set(message.uid, known);
    return known === undefined;
  });
  if (missing.length === 0) return previews;
  if (client.capabilities.has('PREVIEW')) await askServer(client, missing, previews);
  else await readParts(client, missing, previews);
  for (const message of missing) {
    const preview = previews.get(message.uid);
    if (message.emailId && preview !== undefined) cache.set(message.emailId, preview);
  }
  return previews;
}

async function askServer(
  client: ImapFlow,
  messages: FetchMessageObject[],
  previews: Map<number, string>,
): Promise<void> {
  const set = formatUidSet(messages.map((message) => message.uid));
  const items = [atom('UID'), atom('PREVIEW')];
  await runCommand(client, 'UID FETCH', [sequence(set), items], 'FETCH', (attributes) => {
    const pairs = attributes.find((each): each is ResponseToken[] => Array.isArray(each)) ?? [];
    const values = new Map<string, string>();
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      values.set(tokenText(pairs[i]).toUpperCase(), tokenText(pairs[i + 1]));
    }
    const uid = Number(values.get('UID'));
    if (uid > 0 && values.has('PREVIEW')) previews.set(uid, values.get('PREVIEW')!.slice(0, 300));
  });
}

async function readParts(
  client: ImapFlow,
  messages: FetchMessageObject[],
  previews: Map<number, string>,
): Promise<void> {
  type Group = { uids: number[]; parts: Map<number, TextPart>; limit: number };
  const groups = new Map<string, Group>();
  for (const message of messages) {
    const body = readStructure(message.bodyStructure).bodies[0];
    const text = body?.alternative ?? body?.shown;
    if (!text) {
      previews.set(message.uid, '');
      continue;
    }
    const limit = text.isHtml ? htmlBytes : textBytes;
    const key = `${text.part} ${limit}`;
    const group: Group = groups.get(key) ?? { uids: [], parts: new Map(), limit };
    group.uids.push(message.uid);
    group.parts.set(message.uid, text);
    groups.set(key, group);
  }
  for (const { uids, parts, limit } of groups.values()) {
    const part = parts.get(uids[0]!)!.part;
    const query = { bodyParts: [{ key: part, start: 0, maxLength: limit }] };
    for (const message of await client.fetchAll(formatUidSet(uids), query, { uid: true })) {
      const text = parts.get(message.uid);
      const bytes = [...(message.bodyParts?.values() ?? [])][0];
      if (text && bytes) previews.set(message.uid, previewOf(bytes, text));
    }
  }
}

function previewOf(bytes: Buffer, part: TextPart): string {
  const text = decodeCharset(decodeTransfer(bytes, part.encoding), part.charset);
  return makePreview(part.isHtml ? htmlToText(text) : text);
}
