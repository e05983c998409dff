// How a person's own mailbox answers: what the server offers (CAPABILITY) and how long a few usual commands take.
import type { ImapFlow } from 'imapflow';
import { type MailAccount, withMailbox } from './pool.ts';

export type MeasuredStep = { command: string; milliseconds: number };
export type MailboxMeasure = {
  capabilities: string[];
  messages: number;
  steps: MeasuredStep[];
};

const newest = 50;

const steps: { command: string; run: (client: ImapFlow, messages: number) => Promise<unknown> }[] =
  [
    { command: 'NOOP', run: (client) => client.noop() },
    {
      command: 'STATUS',
      run: (client) => client.status('INBOX', { messages: true, unseen: true }),
    },
    { command: 'LIST', run: (client) => client.list() },
    {
      command: 'FETCH',
      run: async (client, messages) => {
        if (messages === 0) return;
        const first = Math.max(1, messages - newest + 1);
        await client.fetchAll(`${first}:*`, { uid: true, flags: true, envelope: true });
      },
    },
    { command: 'SEARCH', run: (client) => client.search({ seen: false }, { uid: true }) },
  ];

/** Runs the commands one after another on the inbox, read-only. Refusals as withMailbox. */
export function measureMailbox(account: MailAccount): Promise<MailboxMeasure> {
  return withMailbox(account, 'INBOX', async (client, mailbox) => {
    const measured: MeasuredStep[] = [];
    for (const { command, run } of steps) {
      const start = performance.now();
      await run(client, mailbox.exists);
      measured.push({ command, milliseconds: performance.now() - start });
    }
    const capabilities = [...client.capabilities.keys()].sort();
    return { capabilities, messages: mailbox.exists, steps: measured };
  });
}
