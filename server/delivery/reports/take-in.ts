// Mail to a report address: finds the report in it (RFC 9990 §3.5.2, RFC 8460 §5.3), reads and stores it. A report comes in
// once: its id, organization and domain are its key. Only what is about domains of this server is kept, so that
// nobody fills the tables with others'; and of each domain only so many reports a day.
import { fromNow, now } from '#lib/clock.ts';
import { db, insertRows, sql, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { eachPart, type Part, partName } from '#lib/mail/mime.ts';
import { decodeTransfer } from '#lib/mail/transfer.ts';
import { readStaged, type StagedBody } from '#server/store/bodies/blobs.ts';
import { type AggregateReport, readAggregate } from './aggregate.ts';
import { readTlsReport, type TlsReport } from './tls.ts';
import { unpackReport } from './unpack.ts';
import { BadReport } from './xml.ts';

/** Who sent the mail. */
export type Reporter = { domain: string; isProven: boolean };

/** `note` is for the trail: what was found, or why there is none. */
export type Taken = { isReport: boolean; note: string };

const maxMailBytes = 30 * 1024 * 1024;
const maxTried = 5;
const maxReportsADay = 2000;
const dayMs = 86_400_000;

/** Reads and stores the report of a mail. Never throws for what a mail holds. */
export async function takeInReport(body: StagedBody, reporter: Reporter): Promise<Taken> {
  if (body.sizeBytes > maxMailBytes) return { isReport: false, note: 'the mail is too large' };
  const parts = listCandidates(body.facts.parts);
  const bytes = parts.length > 0 ? await readStaged(body) : null;
  let note = 'no report is attached';
  for (const part of parts) {
    try {
      const packed = decodeTransfer(bytes!.subarray(part.bodyStart, part.bodyEnd), part.encoding);
      return { isReport: true, note: await store(await unpackReport(packed), reporter) };
    } catch (error) {
      if (!(error instanceof BadReport)) throw error;
      note = `no report could be read: ${error.message}`;
    }
  }
  return { isReport: false, note };
}

const types =
  /^(application\/(gzip|x-gzip|zip|x-zip|x-zip-compressed|xml|json|tlsrpt\+gzip|tlsrpt\+json)|text\/xml)$/;
const names = /\.(xml|json|gz|zip)$/i;

function listCandidates(root: Part): Part[] {
  const found: Part[] = [];
  eachPart(root, (part) => {
    const isNamed = types.test(`${part.type}/${part.subtype}`) || names.test(partName(part));
    if (isNamed && part.children.length === 0 && found.length < maxTried) found.push(part);
  });
  return found;
}

async function store(document: Buffer, reporter: Reporter): Promise<string> {
  const text = document.toString('utf8');
  return /^\s*\{/.test(text)
    ? storeTls(readTlsReport(text), reporter)
    : storeAggregate(await readAggregate(text), reporter);
}

async function storeAggregate(report: AggregateReport, reporter: Reporter): Promise<string> {
  const { records, ...facts } = report;
  const name = `DMARC report of ${facts.organization} about ${facts.domain}`;
  const why = await findRefusal(facts.domain, (where) => db.dmarcReport.count({ where }));
  if (why) return `${name}, ${why}`;
  const id = newId();
  const isNew = await write(async (tx) => {
    const { domain, organization, reportId } = facts;
    const key = { domain, organization, reportId };
    if (await tx.dmarcReport.findFirst({ where: key, select: { id: true } })) return false;
    const { domain: sender, isProven } = reporter;
    await tx.dmarcReport.create({
      data: { ...facts, id, sender, isProven, receivedAt: now() },
    });
    await insertRows(
      tx,
      sql`INSERT INTO "DmarcRecord" ("reportId", "position", "source", "count", "disposition", "isDkimAligned",
          "isSpfAligned", "headerFrom", "findings")`,
      records.map(
        (one, position) =>
          sql`(${id}, ${position}, ${one.source}, ${one.count}, ${one.disposition}, ${one.isDkimAligned},
              ${one.isSpfAligned}, ${one.headerFrom}, ${one.findings})`,
      ),
    );
    return true;
  });
  return isNew ? name : `${name}, known already`;
}

async function storeTls(report: TlsReport, reporter: Reporter): Promise<string> {
  const { policies, ...facts } = report;
  const about = [...new Set(policies.map(({ domain }) => domain))].join(', ').slice(0, 200);
  const name = `TLS report of ${facts.organization} about ${about}`;
  const { domain: sender, isProven } = reporter;
  let why = '';
  let stored = 0;
  for (const { details, ...policy } of policies) {
    why = await findRefusal(policy.domain, (where) => db.tlsReport.count({ where }));
    if (why) continue;
    const { organization, reportId } = facts;
    const { domain, policyType } = policy;
    await write(async (tx) => {
      const key = { domain, organization, reportId, policyType };
      if (await tx.tlsReport.findFirst({ where: key, select: { id: true } })) return;
      await tx.tlsReport.create({
        data: {
          ...{ ...facts, ...policy, id: newId(), sender, isProven, receivedAt: now() },
          details: JSON.stringify(details),
        },
      });
    });
    stored++;
  }
  return stored > 0 ? name : `${name}, ${why}`;
}

type Where = { domain: string; receivedAt: { gte: Date } };

/** Why a report about this domain is not kept; empty where it is. */
async function findRefusal(
  domain: string,
  count: (where: Where) => Promise<number>,
): Promise<string> {
  const labels = domain.split('.');
  const above = labels.map((_, index) => labels.slice(index).join('.'));
  const isOurs = (await db.domain.count({ where: { name: { in: above } } })) > 0;
  if (!isOurs) return 'which is not received here';
  const known = await count({ domain, receivedAt: { gte: fromNow(-dayMs) } });
  return known >= maxReportsADay ? 'of which there are too many today' : '';
}
