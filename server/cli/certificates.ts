// `drey certificates …`: as the page Certificates of the panel.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { findAgreement } from '#lib/certificates/acme-account.ts';
import {
  addCertificate,
  type Certificate,
  listCertificates,
  orderCertificate,
  removeCertificate,
  replaceCertificate,
  requireCertificate,
} from '#lib/certificates/certificate.ts';
import { daysUntil } from '#lib/certificates/health.ts';
import { Refusal } from '#lib/errors.ts';
import { changeAcmeAccount } from '../control/certificates.ts';
import { checkOrder } from '../tls/acme/check.ts';
import { by, type CommandDefinition, type Input, optionText, textAt } from './command.ts';

const waitStepMs = 300;

/** By its id, or by a name that one certificate alone has. Refusal 'not-found', 'invalid'. */
async function findOne(text: string): Promise<Certificate> {
  const all = await listCertificates();
  const found = all.filter(({ id, names }) => id === text || names.includes(text.toLowerCase()));
  if (found.length > 1) {
    throw new Refusal('invalid', `${text} stands in several certificates; give an id of the list.`);
  }
  if (!found[0]) throw new Refusal('not-found', `There is no certificate ${text}.`);
  return found[0];
}

function toRow(certificate: Certificate) {
  const { id, kind, names, facts, expiresAt, dueAt, failures, problem, isBusy } = certificate;
  return {
    ...{ id, kind, names: names.join(' '), issuer: facts?.issuer ?? '', expiresAt },
    daysLeft: expiresAt && daysUntil(expiresAt),
    ...{ dueAt, failures, problem, isBusy, fingerprint: facts?.fingerprint ?? '' },
  };
}

async function readPart(input: Input, option: string, what: string): Promise<string> {
  const path = optionText(input, option) ?? '';
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Refusal('not-found', `The ${what} cannot be read: ${(error as Error).message}`);
  }
}

async function readPair(input: Input): Promise<{ chain: string; key: string }> {
  const chain = await readPart(input, 'certificate', 'certificate');
  return { chain, key: await readPart(input, 'key', 'key') };
}

/** Until the daemon has made or ordered it. Refusal 'unavailable' with what went wrong. */
async function waitUntilMade(id: string, before: string | null): Promise<Certificate> {
  for (;;) {
    const now = await requireCertificate(id);
    if (now.facts && now.facts.fingerprint !== before && !now.isBusy) return now;
    if (now.problem !== '' && !now.isBusy) throw new Refusal('unavailable', now.problem);
    await sleep(waitStepMs);
  }
}

const pairOptions = [
  { flags: '--certificate <file>', help: 'PEM, the certificate and the chain behind it' },
  { flags: '--key <file>', help: 'PEM, its private key' },
];
const waitOption = { flags: '--wait', help: 'wait until the daemon has it, or could not get it' };

export const certificateCommands: CommandDefinition[] = [
  {
    name: 'certificates list',
    arguments: [],
    options: [],
    help: 'certificates by host name, those that end first before the others',
    run: async () => ({
      rows: (await listCertificates()).map(toRow),
      columns: ['id', 'kind', 'names', 'issuer', 'daysLeft', 'problem'],
    }),
  },
  {
    name: 'certificates add',
    arguments: ['[names...]'],
    options: [
      ...pairOptions,
      { flags: '--watch', help: 'use the files where they are and follow their changes' },
      { flags: '--self-signed', help: 'make it here; programs warn of it' },
      waitOption,
    ],
    help: 'order one for these names by ACME; or take in a pair of files',
    run: async (input) => {
      const names = textAt(input, 0).split(' ');
      const { certificate: certificateFile, key: keyFile } = input.options;
      const isPair = typeof certificateFile === 'string' || typeof keyFile === 'string';
      if (isPair) {
        const added = input.options.watch
          ? await addCertificate(
              {
                kind: 'files',
                certificateFile: String(certificateFile ?? ''),
                keyFile: String(keyFile ?? ''),
              },
              by,
            )
          : await addCertificate({ kind: 'uploaded', ...(await readPair(input)) }, by);
        return { text: `In use for ${added.names.join(', ')}.`, row: toRow(added) };
      }
      const kind = input.options.selfSigned ? 'self-signed' : 'acme';
      if (kind === 'acme') await requireAgreement();
      const added = await addCertificate({ kind, names }, by);
      if (!input.options.wait) {
        return { text: `The daemon gets one for ${added.names.join(', ')}.`, row: toRow(added) };
      }
      const made = await waitUntilMade(added.id, null);
      return { text: `In use for ${made.names.join(', ')}.`, row: toRow(made) };
    },
  },
  {
    name: 'certificates replace',
    arguments: ['<id>'],
    options: pairOptions,
    help: 'put another pair in the place of an uploaded one',
    run: async (input) => {
      const { id } = await findOne(textAt(input, 0));
      await replaceCertificate(id, await readPair(input), by);
      const now = await requireCertificate(id);
      return { text: `In use for ${now.names.join(', ')}.`, row: toRow(now) };
    },
  },
  {
    name: 'certificates order',
    arguments: ['<id>'],
    options: [waitOption],
    help: 'order it anew now, instead of when it is due',
    run: async (input) => {
      const { id, names, facts } = await findOne(textAt(input, 0));
      await orderCertificate(id, by);
      if (!input.options.wait) return { text: `The daemon gets one for ${names.join(', ')}.` };
      const made = await waitUntilMade(id, facts?.fingerprint ?? null);
      return { text: `In use for ${made.names.join(', ')}.`, row: toRow(made) };
    },
  },
  {
    name: 'certificates check',
    arguments: ['<names...>'],
    options: [],
    help: 'make every test for an order of these names without ordering; exit code 1 where one fails',
    run: async (input) => {
      const found = await checkOrder(textAt(input, 0).split(' '));
      if (found.some(({ isGood }) => !isGood)) process.exitCode = 1;
      return {
        rows: found.map(({ subject, isGood, text }) => ({
          subject,
          result: isGood ? 'good' : 'wrong',
          text,
        })),
        columns: ['subject', 'result', 'text'],
      };
    },
  },
  {
    name: 'certificates remove',
    arguments: ['<id>'],
    options: [],
    help: 'take one out of use; clients get the default certificate instead',
    run: async (input) => {
      const { id, names } = await findOne(textAt(input, 0));
      await removeCertificate(id, by);
      return { text: `Removed: ${names.join(', ')}.` };
    },
  },
  {
    name: 'certificates account',
    arguments: ['<agree|new-key|contact>'],
    options: [],
    help: 'at the ACME authority: agree to its terms and make a new account, change its key, or tell the contact of the settings',
    run: async (input) => {
      const word = textAt(input, 0);
      const what = { agree: 'agree', 'new-key': 'roll', contact: 'contact' } as const;
      if (!(word in what)) throw new Refusal('invalid', 'Say agree, new-key or contact.');
      await changeAcmeAccount(what[word as keyof typeof what], by);
      const agreement = await findAgreement();
      return { text: `Done. Terms: ${agreement?.terms || 'none'}`, row: { ...agreement } };
    },
  },
];

async function requireAgreement(): Promise<void> {
  if (await findAgreement()) return;
  throw new Refusal(
    'invalid',
    'Nobody has agreed to the terms of the authority yet: drey certificates account agree',
  );
}
