// What an rspamd thinks of a message. "rewrite subject" and its other changes are not made: into Junk says it.
import { askRspamd, type RspamdAnswer } from '../../content/rspamd.ts';
import { readChunks } from '../../content/staged-chunks.ts';
import { passed, refuse, type Verdict } from '../../verdict.ts';
import type { Check } from '../stages.ts';
import { scanOr } from './scanned.ts';

export const rspamd: Check<'data'> = {
  name: 'rspamd',
  title: 'rspamd',
  isOn: (settings) => settings['content.rspamdUrl'] !== '',
  settings: [
    'content.rspamdUrl',
    'content.rspamdTrouble',
    'content.scanSeconds',
    'content.scanBytes',
  ],
  async run({ client, settings, transaction, body }) {
    if (body.sizeBytes > settings['content.scanBytes']) return passed('too large to scan');
    const question = {
      sender: transaction.sender,
      recipients: [...transaction.recipients.keys()],
      remote: client.remote,
      helo: client.helo,
      reverseName: await client.findReverseName(),
      user: client.account?.address ?? null,
      traceId: transaction.traceId,
      hostname: client.hostname,
      sizeBytes: body.sizeBytes,
    };
    const timeoutMs = settings['content.scanSeconds'] * 1000;
    return scanOr(settings['content.rspamdTrouble'], 'rspamd', async () =>
      judgeAnswer(
        await askRspamd(settings['content.rspamdUrl'], question, readChunks(body), timeoutMs),
      ),
    );
  },
};

/** Its action as a verdict; the symbols are the note. */
export function judgeAnswer({ action, score, symbols, text }: RspamdAnswer): Verdict {
  const note = `${action.slice(0, 30)}, ${score.toFixed(1)}: ${symbols.join(', ')}`;
  switch (action) {
    case 'reject':
      return refuse('spam', text || 'The message looks like spam', note);
    case 'soft reject':
    case 'greylist':
      return refuse('scanner-later', text || 'Not now, try again later', note);
    case 'add header':
    case 'rewrite subject':
      return { outcome: 'junk', reason: 'spam', note };
    case 'quarantine':
      return { outcome: 'hold', reason: 'spam', note };
    case 'discard':
      return { outcome: 'discard', reason: 'spam', note };
    default:
      return passed(note);
  }
}
