// Trials of everything the webmail leans on, one after another in a list; each ends in a verdict and a sentence.
import { Resolver } from 'node:dns/promises';
import { Readable } from 'node:stream';
import type { Account } from '#lib/accounts/account.ts';
import { readDomains } from '#lib/accounts/domain-list.ts';
import { askDaemon } from '#lib/control.ts';
import { internalSubmission } from '#lib/env.ts';
import { locales } from '#lib/i18n/locales.ts';
import { isPortOpen } from '#lib/numbers/health/index.ts';
import { changePreferences, readPreferences } from '#lib/preferences/index.ts';
import { readSettings, serverHostname } from '#lib/settings/index.ts';
import { removeUpload, storeUpload } from '#lib/webmail/compose/uploads.ts';
import { measureMailbox } from '#lib/webmail/imap/measure.ts';
import { lookAtServices, readCertificate } from '../../../daemon.ts';

export type Verdict = 'good' | 'warning' | 'bad';
type Finding = { verdict: Verdict; text: string };
export type Outcome = Finding & { name: string; milliseconds: number };

const good = (text: string): Finding => ({ verdict: 'good', text });
const warning = (text: string): Finding => ({ verdict: 'warning', text });
const bad = (text: string): Finding => ({ verdict: 'bad', text });

type Trial = { name: string; run: (admin: Account) => Promise<Finding> };

const trials: Trial[] = [
  { name: 'Database', run: tryDatabase },
  { name: 'Daemon', run: tryDaemon },
  { name: 'Mailbox over IMAP', run: tryMailbox },
  { name: 'Submission', run: trySubmission },
  { name: 'Folder for attachments', run: tryUploads },
  { name: 'Ports for mail programs', run: tryPorts },
  { name: 'Certificate', run: tryCertificate },
  { name: 'Name of this server in the DNS', run: tryHostname },
  { name: 'MX of the domains', run: tryDomains },
  { name: 'Time zones and languages', run: tryLanguages },
];

/** Runs every trial with the account of the administrator who asks; none of them leaves anything behind. */
export async function runTrials(admin: Account): Promise<Outcome[]> {
  return Promise.all(
    trials.map(async ({ name, run }) => {
      const start = performance.now();
      const finding = await run(admin).catch((error: unknown) =>
        bad(error instanceof Error ? error.message : 'It failed.'),
      );
      return { name, ...finding, milliseconds: performance.now() - start };
    }),
  );
}

async function tryDatabase(admin: Account): Promise<Finding> {
  // Writing what is there already goes the whole way and changes nothing.
  const { 'display.theme': theme } = await readPreferences(admin.id);
  await changePreferences(admin.id, { 'display.theme': theme });
  return good('It reads and writes.');
}

async function tryDaemon(): Promise<Finding> {
  const checks = await askDaemon<unknown[]>('checks');
  return good(`The mail daemon answers and knows ${checks.length} checks of incoming mail.`);
}

async function tryMailbox(admin: Account): Promise<Finding> {
  const { messages, capabilities, steps } = await measureMailbox(admin);
  const slowest = Math.max(...steps.map((step) => step.milliseconds));
  const text = `Your inbox has ${messages} messages; the slowest command took ${Math.round(slowest)} ms.`;
  const missing = ['IDLE', 'SORT', 'CONDSTORE'].filter((each) => !capabilities.includes(each));
  if (missing.length > 0) return bad(`The server does not offer ${missing.join(', ')}.`);
  return slowest > 1000 ? warning(text) : good(text);
}

async function trySubmission(): Promise<Finding> {
  const at = internalSubmission();
  return (await isPortOpen(at))
    ? good(`Mail can be handed in at port ${at.port}.`)
    : bad('Nothing accepts mail from the webmail.');
}

async function tryUploads(admin: Account): Promise<Finding> {
  const file = { fileName: 'self-test.txt', type: 'text/plain' };
  const upload = await storeUpload(admin.id, file, Readable.from([Buffer.from('self-test')]));
  await removeUpload(admin.id, upload.id);
  return good('A file was stored and removed.');
}

async function tryPorts(): Promise<Finding> {
  const services = await lookAtServices();
  const closed = services.filter(({ isUp }) => !isUp);
  if (closed.length > 0) return bad(`No answer: ${closed.map(({ name }) => name).join(', ')}.`);
  const off = services.filter(({ isOff }) => isOff).map(({ name }) => name);
  return off.length > 0 ? warning(`Switched off: ${off.join(', ')}.`) : good('All answer.');
}

async function tryCertificate(): Promise<Finding> {
  const certificate = await readCertificate();
  if (!certificate) return bad('No certificate could be read.');
  const days = Math.floor((certificate.validTo.getTime() - Date.now()) / 86_400_000);
  if (days < 0) return bad(`The certificate for ${certificate.subject} has run out.`);
  if (certificate.isSelfSigned) return warning(`${certificate.subject} signs for itself.`);
  const text = `For ${certificate.subject}, by ${certificate.issuer}, ${days} more days.`;
  return days < 14 ? warning(text) : good(text);
}

async function makeResolver(): Promise<Resolver> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  const servers = (await readSettings())['delivery.dnsServers'];
  if (servers.length > 0) resolver.setServers(servers);
  return resolver;
}

async function tryHostname(): Promise<Finding> {
  const name = await serverHostname();
  const resolver = await makeResolver();
  const found = await Promise.all([
    resolver.resolve4(name).catch(() => []),
    resolver.resolve6(name).catch(() => []),
  ]);
  const addresses = found.flat();
  if (addresses.length === 0) return warning(`${name} has no address in the DNS.`);
  const names = await resolver.reverse(addresses[0]!).catch(() => []);
  const text = `${name} is ${addresses.join(', ')}`;
  if (names.some((each) => each.toLowerCase() === name)) return good(`${text}, and back.`);
  return warning(`${text}, but ${addresses[0]} is not ${name}: other servers may distrust it.`);
}

async function tryDomains(): Promise<Finding> {
  const domains = (await readDomains()).slice(0, 20).map(({ name }) => name);
  const resolver = await makeResolver();
  const without = await Promise.all(
    domains.map(async (name) =>
      (await resolver.resolveMx(name).catch(() => [])).length > 0 ? [] : [name],
    ),
  );
  const missing = without.flat();
  return missing.length > 0
    ? warning(`No MX record: ${missing.join(', ')}.`)
    : good(`${domains.length} of ${domains.length} have one.`);
}

async function tryLanguages(): Promise<Finding> {
  const missing = locales.filter(
    (locale) => Intl.DateTimeFormat.supportedLocalesOf(locale).length === 0,
  );
  const zones = Intl.supportedValuesOf('timeZone').length;
  return missing.length > 0
    ? warning(`This Node knows no dates in ${missing.join(', ')}.`)
    : good(`${locales.length} languages, ${zones} time zones.`);
}
