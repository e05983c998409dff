// Whether the DNS says of a domain what it should (lib/accounts/domain-dns), asked by the resolver that delivery uses.
import { z } from 'zod';
import { listDkimKeys } from '#lib/accounts/dkim-key.ts';
import { judgeRecord, type RecordVerdict } from '#lib/accounts/dkim-record.ts';
import { requireDomain } from '#lib/accounts/domain.ts';
import * as judges from '#lib/accounts/domain-dns/judge.ts';
import { keepDomainDns } from '#lib/accounts/domain-dns/kept.ts';
import { listWantedRecords, type WantedRecord } from '#lib/accounts/domain-dns/wanted.ts';
import { isPublicExchanger } from '#lib/accounts/public-address.ts';
import { findStsPolicy } from '#lib/accounts/sts.ts';
import type { ListenerName } from '#lib/env.ts';
import { Refusal } from '#lib/errors.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { listPorts } from '#lib/settings/wanted.ts';
import { listOwnAddresses } from '#server/dns/own-addresses.ts';
import {
  type Answer,
  forgetAnswers,
  resolveAddresses,
  resolveMx,
  resolvePtr,
  resolveSrv,
  resolveTxt,
} from '#server/dns/resolver.ts';
import { resolveForMailauth } from '../smtp/trust/resolver.ts';

export type CheckedRecord = WantedRecord & RecordVerdict & { found: string[] };

/** What was asked of one record, as texts too. */
type Look = { verdict: RecordVerdict; found: string[] };

const services: [service: string, listener: ListenerName][] = [
  ['imaps', 'imaps'],
  ['submissions', 'submissions'],
  ['pop3s', 'pop3s'],
];
/** Of what strangers wrote into the DNS. */
const most = { records: 5, characters: 600 };

/**
 * Every record of the domain with what was found, which is kept for the list of domains; `own`: addresses of this
 * machine. Refusal 'not-found'.
 */
export async function checkDomain(
  name: string,
  own = listOwnAddresses(),
): Promise<CheckedRecord[]> {
  const domain = await requireDomain(name);
  const records = await lookUpRecords(domain.name, own);
  await keepDomainDns(domain, records);
  return records;
}

/** The same of this moment: who has just published a record does not want the answer of a minute ago. */
export function checkDomainNow(name: string, own?: string[]): Promise<CheckedRecord[]> {
  forgetAnswers();
  return checkDomain(name, own);
}

async function lookUpRecords(domain: string, own: string[]): Promise<CheckedRecord[]> {
  const hostname = await serverHostname();
  const [keys, policy, hosts] = await Promise.all([
    listDkimKeys(domain),
    findStsPolicy(domain),
    resolveAddresses(hostname),
  ]);
  const named = hosts.status === 'ok' ? hosts.records : [];
  const addresses = [own, named].map((some) => some.filter((one) => isPublicExchanger(one)));
  const open = await Promise.all(
    services.map(async ([service, listener]) => {
      const [port] = await listPorts(listener);
      return port === undefined ? [] : [{ service, port }];
    }),
  );
  const signing = keys.filter(({ state }) => state !== 'old');
  const wanted = listWantedRecords({
    domain,
    hostname,
    addresses: addresses.find((some) => some.length > 0) ?? [],
    dkim: signing.map(({ record }) => record),
    stsId: policy?.id ?? '',
    services: open.flat(),
  });
  const look = async (record: WantedRecord): Promise<Look> => {
    switch (record.kind) {
      case 'host':
        return seen(hosts, String, judges.judgeHost(hosts, own));
      case 'ptr': {
        const answer = await resolvePtr(record.name);
        return seen(answer, String, judges.judgeReverse(answer, hostname));
      }
      case 'mx': {
        const answer = await resolveMx(domain);
        const write = (mx: { preference: number; exchange: string }) =>
          `${mx.preference} ${mx.exchange || '.'}`;
        return seen(answer, write, judges.judgeMx(answer, hostname));
      }
      case 'service': {
        const answer = await resolveSrv(record.name);
        const port = Number(record.value.split(' ')[2]);
        const write = (srv: { target: string; port: number }) => `${srv.target} ${srv.port}`;
        return seen(answer, write, judges.judgeService(answer, hostname, port));
      }
      case 'autoconfig':
      case 'mta-sts-host': {
        const answer = await resolveAddresses(record.name);
        return seen(answer, String, judges.judgeAlias(answer, hosts));
      }
      default: {
        const answer = await resolveTxt(record.name);
        return seen(answer, String, await judgeText(record, answer));
      }
    }
  };
  const judgeText = async (
    { kind, name }: WantedRecord,
    answer: Answer<string>,
  ): Promise<RecordVerdict> => {
    if (kind === 'spf') return judges.judgeSpf(answer, await evaluateSpf(domain, hostname, named));
    if (kind === 'dmarc') return judges.judgeDmarc(answer);
    if (kind === 'mta-sts') return judges.judgeSts(answer, policy?.id ?? '');
    if (kind === 'tls-report') return judges.judgeTlsReport(answer);
    const key = signing.find(({ record }) => record.name === name);
    return key ? judgeRecord(key, answer) : { state: 'unknown', text: '' };
  };
  return Promise.all(
    wanted.map(async (record) => {
      const { verdict, found } = await look(record);
      return { ...record, ...verdict, found };
    }),
  );
}

function seen<T>(answer: Answer<T>, write: (record: T) => string, verdict: RecordVerdict): Look {
  const records = answer.status === 'ok' ? answer.records : [];
  const found = records.slice(0, most.records).map((one) => write(one).slice(0, most.characters));
  return { verdict, found };
}

/** What SPF of the domain gives for each address of this server, such as "pass" or "softfail". */
async function evaluateSpf(
  domain: string,
  hostname: string,
  addresses: string[],
): Promise<Map<string, string>> {
  const { spf } = await import('mailauth/lib/spf/index.js');
  const asked = addresses.map(async (ip) => {
    const sender = `postmaster@${domain}`;
    const question = {
      sender,
      ip,
      helo: hostname,
      mta: hostname,
      resolver: resolveForMailauth as never,
    };
    const answer = await spf(question).catch(() => null);
    return [ip, String(answer ? answer.status.result : 'temperror')] as const;
  });
  return new Map(await Promise.all(asked));
}

const question = z.object({ domain: z.string().max(253) });

/** The same for the panel. Refusal 'invalid', 'not-found'. */
export async function answerDomainCheck(input: unknown): Promise<CheckedRecord[]> {
  const asked = question.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Say the domain.');
  return checkDomainNow(asked.data.domain);
}
