// Mail filters that speak the milter protocol, one after the other. Each hears of the message at its end, so a
// refusal of one recipient is one of the message.
import { foldField } from '#lib/mail/header.ts';
import { askMilter, type MilterAnswer } from '../../content/milter.ts';
import { readScannerAddress } from '../../content/scanner-socket.ts';
import { readChunks } from '../../content/staged-chunks.ts';
import { pass, passed, refuse, type Verdict } from '../../verdict.ts';
import type { Check, Inputs } from '../stages.ts';
import { scanOr } from './scanned.ts';

export const milters: Check<'data'> = {
  name: 'milters',
  title: 'Milters',
  isOn: (settings) => settings['content.milters'].length > 0,
  settings: ['content.milters', 'content.milterTrouble', 'content.scanSeconds'],
  async run(input) {
    let held: Verdict | null = null;
    const notes: string[] = [];
    for (const address of input.settings['content.milters']) {
      const verdict = await scanOr(input.settings['content.milterTrouble'], address, () =>
        askOne(address, input),
      );
      if (verdict.outcome === 'refuse' || verdict.outcome === 'discard') return verdict;
      if (verdict.outcome === 'hold') held ??= verdict;
      if (verdict.note) notes.push(verdict.note);
    }
    return held ?? (notes.length > 0 ? passed(notes.join('; ')) : pass);
  },
};

async function askOne(
  address: string,
  { client, marks, settings, transaction, fields, body }: Inputs['data'],
): Promise<Verdict> {
  const { remote, helo, tls, hostname } = client;
  const question = {
    hostname,
    remote,
    reverseName: await client.findReverseName(),
    helo,
    tls,
    user: client.account?.address ?? null,
    sender: transaction.sender,
    recipients: [...transaction.recipients.values()].map((each) => each.address),
    traceId: transaction.traceId,
    fields,
    chunks: readChunks(body, body.facts.header.length),
  };
  const timeoutMs = settings['content.scanSeconds'] * 1000;
  const answer = await askMilter(readScannerAddress(address), question, timeoutMs);
  const verdict = judgeMilter(address, answer);
  if (verdict.outcome === 'refuse' || verdict.outcome === 'discard') return verdict;
  for (const { name, value } of answer.fields) marks.fields.push(foldField(name, value.trim()));
  return verdict;
}

/** The decision of one milter. */
export function judgeMilter(address: string, answer: MilterAnswer): Verdict {
  const { outcome, text, fields, quarantine, ignored } = answer;
  const note = `${address}: ${outcome}`;
  if (outcome === 'reject')
    return refuse('scanner', text || 'The message is refused by a filter', note);
  if (outcome === 'tempfail')
    return refuse('scanner-later', text || 'A filter cannot judge the message now', note);
  if (outcome === 'discard') return { outcome, reason: 'milter', note };
  if (quarantine !== null) {
    const why = quarantine.replace(/[^ -~]/g, ' ').slice(0, 100);
    return { outcome: 'hold', reason: 'milter', note: `${address}: quarantine ${why}`.trim() };
  }
  const extras = [
    ...(fields.length > 0 ? [`${fields.length} fields added`] : []),
    ...(ignored > 0 ? [`${ignored} changes not made`] : []),
  ];
  return passed([note, ...extras].join(', '));
}
