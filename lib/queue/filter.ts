// What of the queue somebody wants to see or change, as SQL. Needs the names r (QueueRecipient), m (QueueMessage) and
// d (Rendering) as `queueTables` gives them.
import { fromNow } from '#lib/clock.ts';
import { join, type Sql, sql } from '#lib/db.ts';
import type { HoldReason } from './enqueue.ts';

export type QueueState = 'queued' | 'held' | 'sending';

export type QueueFilter = {
  /** In sender, recipient or subject, whatever the case. */
  search?: string;
  /** Of the recipient, whole. */
  domain?: string;
  /** Part of the envelope sender; "<>" is the null sender. */
  sender?: string;
  state?: QueueState;
  holdReason?: HoldReason;
  /** In the queue for so long or longer. */
  minAgeHours?: number;
  /** In what the other side said last: words, code or host. */
  reply?: string;
  /** Of this user only. */
  accountId?: string;
  /** These recipients only; at most some hundreds. */
  ids?: string[];
  /** Of users of these domains only. */
  domainIds?: string[];
  /** Only what came before this one (paging) */
  before?: { at: Date; id: string };
};

export const queueTables = sql`"QueueRecipient" r JOIN "QueueMessage" m ON m."id" = r."messageId"
  LEFT JOIN "Rendering" d ON d."blobId" = m."blobId"`;

const maxTextLength = 300;

/** A condition; without anything in the filter it is true. */
export function conditionOf(filter: QueueFilter): Sql {
  const { domain, sender, state, holdReason, minAgeHours, accountId } = filter;
  const parts: Sql[] = [];
  const search = likeOf(filter.search);
  if (search) {
    parts.push(sql`(lower(r."recipient") LIKE ${search} ESCAPE '\\' OR lower(m."sender") LIKE ${search} ESCAPE '\\'
      OR lower(coalesce(d."subject", '')) LIKE ${search} ESCAPE '\\')`);
  }
  if (domain?.trim()) parts.push(sql`r."domain" = ${domain.trim().toLowerCase()}`);
  const from = likeOf(sender);
  if (sender?.trim() === '<>') parts.push(sql`m."sender" = ''`);
  else if (from) parts.push(sql`lower(m."sender") LIKE ${from} ESCAPE '\\'`);
  if (state) parts.push(sql`r."state" = ${state}`);
  if (holdReason) parts.push(sql`r."state" = 'held' AND r."holdReason" = ${holdReason}`);
  if (minAgeHours) parts.push(sql`m."createdAt" <= ${fromNow(-minAgeHours * 3_600_000)}`);
  const reply = likeOf(filter.reply);
  if (reply) {
    parts.push(sql`(lower(r."lastText") LIKE ${reply} ESCAPE '\\' OR lower(r."lastHost") LIKE ${reply} ESCAPE '\\'
      OR CAST(r."lastCode" AS TEXT) LIKE ${reply} ESCAPE '\\')`);
  }
  if (accountId) parts.push(sql`m."accountId" = ${accountId}`);
  if (filter.ids) {
    parts.push(filter.ids.length === 0 ? sql`1 = 0` : sql`r."id" IN (${join(filter.ids)})`);
  }
  if (filter.domainIds) parts.push(isOfUsers(filter.domainIds));
  if (filter.before) {
    const { at, id } = filter.before;
    parts.push(sql`(r."createdAt" < ${at} OR (r."createdAt" = ${at} AND r."id" < ${id}))`);
  }
  return parts.length === 0 ? sql`1 = 1` : join(parts, ' AND ');
}

function isOfUsers(domainIds: string[]): Sql {
  if (domainIds.length === 0) return sql`1 = 0`;
  return sql`m."accountId" IN (SELECT a."id" FROM "Account" a WHERE a."domainId" IN (${join(domainIds)}))`;
}

/** Whether it leaves anything out. */
export function isFiltering(filter: QueueFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined && value !== '' && value !== 0);
}

function likeOf(text: string | undefined): string {
  const trimmed = text?.trim().toLowerCase().slice(0, maxTextLength) ?? '';
  return trimmed ? `%${trimmed.replace(/[\\%_]/g, '\\$&')}%` : '';
}
