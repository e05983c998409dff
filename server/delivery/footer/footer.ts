// Which messages get a footer: what a user hands in, by the domain of its author. Mail that leaves gets it at the
// attempt; where users here are to get it too, before anything is stored. It says itself that it is there, so that
// it is written once.
import { createHash } from 'node:crypto';
import { type Footer, findFooter, hasFooterForAll } from '#lib/accounts/footer.ts';
import { logOf } from '#lib/log.ts';
import { parseHeaderFields, splitHeader } from '#lib/mail/header.ts';
import { readStaged, stageBytes } from '#server/store/bodies/blobs.ts';
import type { Delivery } from '../delivery.ts';
import { findAuthorDomain } from '../sign/sign.ts';

const log = logOf('footer');

/** The message as it leaves, and a name for what was added; empty for nothing. */
export async function addFooterOutside(
  { accountId, traceId }: { accountId: string | null; traceId: string },
  bytes: Buffer,
): Promise<{ bytes: Buffer; mark: string }> {
  const footer = accountId === null ? null : await findFor(bytes);
  if (!footer) return { bytes, mark: '' };
  const mark = createHash('sha256').update(`${footer.text}\0${footer.html}`).digest('hex');
  return { bytes: await add(bytes, footer, traceId), mark: mark.slice(0, 16) };
}

/** A delivery of a user's mail with the footer in it, where the domain wants it in mail to users here too. */
export async function addFooterForAll(delivery: Delivery): Promise<Delivery> {
  const { accountId, collected, body, traceId } = delivery;
  if (accountId === null || collected || !(await hasFooterForAll())) return delivery;
  const bytes = await readStaged(body);
  const footer = await findFor(bytes);
  if (footer?.for !== 'everyone') return delivery;
  const added = await add(bytes, footer, traceId);
  return added === bytes ? delivery : { ...delivery, body: await stageBytes(added) };
}

async function findFor(bytes: Buffer): Promise<Footer | null> {
  const domain = findAuthorDomain(parseHeaderFields(splitHeader(bytes).header));
  return domain === null ? null : findFooter(domain);
}

/** A message that cannot be understood leaves as it is. */
async function add(bytes: Buffer, footer: Footer, traceId: string): Promise<Buffer> {
  try {
    // Only now: the cleaner of HTML is large, and few domains have a footer.
    const { addFooter } = await import('./add-footer.ts');
    return addFooter(bytes, footer);
  } catch (error) {
    log.error({ err: error, traceId }, 'a footer could not be added');
    return bytes;
  }
}
