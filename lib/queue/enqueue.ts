// The one way into the queue: a message row and a row a recipient, inside the write() that also makes
// the body known (blob row). The caller pokes 'queue' after the commit, never before.
import { now } from '#lib/clock.ts';
import { join, sql, type Tx } from '#lib/db.ts';
import { newId } from '#lib/id.ts';

export type QueuedRecipient = {
  /** Canonical address. */
  recipient: string;
  /** ORCPT, "rfc822;addr" (RFC 3461 §4.2). */
  originalTo?: string;
  /** NOTIFY words, comma separated: "NEVER", or of "SUCCESS,FAILURE,DELAY" (RFC 3461 §4.1). */
  notify?: string;
};

export type QueuedMessage = {
  blobId: number;
  /** Trace header lines with CRLF that stand before the blob; may be empty. */
  prefix: Buffer;
  /** Prefix and blob together. */
  sizeBytes: number;
  /** Empty for the null sender. */
  sender: string;
  /** The account that submitted it, where one did. */
  accountId: string | null;
  recipients: QueuedRecipient[];
  /** RFC 3461 §4.4 and §4.3. */
  envid?: string;
  ret?: string;
  isSmtpUtf8?: boolean;
  /** RFC 8689. */
  isTlsRequired?: boolean;
  /** RFC 4865: not before. */
  releaseAt?: Date | null;
  /** Not before somebody lets it go, and why; empty = nothing holds it. */
  heldFor?: HoldReason | '';
  traceId: string;
};

/** Why a recipient is held: by hand, by a rule, or since its sender sends unusually much. */
export type HoldReason = 'admin' | 'rule' | 'burst';

/** Rows of one INSERT; SQLite takes 32766 parameters a statement. */
const rowsPerInsert = 500;

/** Puts a message into the queue: held, due when it is to be released, or at once. Returns the id of the message row. */
export async function enqueue(tx: Tx, message: QueuedMessage): Promise<string> {
  // One row an address: a recipient named twice gets one copy (RFC 5321 §4.1.1.3 leaves it to us).
  const recipients = [...new Map(message.recipients.map((row) => [row.recipient, row])).values()];
  if (recipients.length === 0) throw new Error('A message for the queue needs a recipient');
  const id = newId();
  const at = now();
  const { releaseAt = null, heldFor = '' } = message;
  const dueAt = releaseAt && releaseAt > at ? releaseAt : at;
  const state = heldFor ? 'held' : 'queued';
  await tx.$executeRaw(
    sql`INSERT INTO "QueueMessage" ("id", "blobId", "prefix", "sizeBytes", "sender", "accountId", "envid", "ret",
        "isSmtpUtf8", "isTlsRequired", "releaseAt", "traceId", "createdAt")
        VALUES (${id}, ${message.blobId}, ${message.prefix}, ${message.sizeBytes}, ${message.sender}, ${message.accountId},
        ${message.envid ?? ''}, ${message.ret ?? ''}, ${message.isSmtpUtf8 ?? false},
        ${message.isTlsRequired ?? false}, ${releaseAt}, ${message.traceId}, ${at})`,
  );
  for (let start = 0; start < recipients.length; start += rowsPerInsert) {
    const rows = recipients.slice(start, start + rowsPerInsert).map(
      (row) =>
        sql`(${newId()}, ${id}, ${row.recipient}, ${row.originalTo ?? ''}, ${row.notify ?? ''}, ${domainOf(row.recipient)},
            ${state}, ${0}, ${dueAt}, ${''}, ${false}, ${heldFor}, ${0}, ${''}, ${''}, ${at})`,
    );
    await tx.$executeRaw(
      sql`INSERT INTO "QueueRecipient" ("id", "messageId", "recipient", "originalTo", "notify", "domain",
          "state", "attempts", "nextAttemptAt", "leaseOwner", "isDelayTold", "holdReason", "lastCode", "lastText", "lastHost", "createdAt")
          VALUES ${join(rows)}`,
    );
  }
  return id;
}

/** The part after the last "@", lower case; empty where there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : address.slice(at + 1).toLowerCase();
}
