// What `npm start` prints once everything listens, and the set-up link where the server is not set up yet; and the word to
// systemd that the service has started (docs/running.md).
import { execFile } from 'node:child_process';
import { createSetupToken, isSetUp } from '#lib/accounts/setup.ts';
import type { ListenerName } from '#lib/env.ts';
import type { ListenerState } from '#lib/listener-state.ts';
import { localWebUrl } from '#lib/settings/wanted.ts';
import { listListeners } from './net/listeners.ts';

const titles: [string, [ListenerName, string][]][] = [
  [
    'SMTP',
    [
      ['smtp', ''],
      ['submission', 'submission, STARTTLS'],
      ['submissions', 'submission, TLS'],
    ],
  ],
  [
    'IMAP',
    [
      ['imap', 'STARTTLS'],
      ['imaps', 'TLS'],
    ],
  ],
  [
    'POP3',
    [
      ['pop3', 'STARTTLS'],
      ['pop3s', 'TLS'],
    ],
  ],
];

/** Says it to people, and to systemd where that waits for it. */
export async function announce(): Promise<void> {
  const states = await listListeners();
  const web = await findWebUrl(states);
  const lines = ['', 'Drey is running.', `  Web   ${web}`];
  for (const [title, listeners] of titles) {
    const parts = listeners.flatMap(([name, note]) => {
      const places = states
        .filter((state) => state.name === name)
        .flatMap(({ sockets }) => sockets.map(({ address }) => address));
      return places.length === 0 ? [] : [`${places.join(' ')}${note && ` (${note})`}`];
    });
    lines.push(`  ${title}  ${parts.join(', ') || 'off'}`);
  }
  for (const { text } of states.flatMap(({ failures }) => failures)) lines.push(`  ! ${text}`);
  if (!(await isSetUp())) {
    lines.push('', 'Set it up in the browser; this link works once, for 24 hours:');
    lines.push(`  ${web}/setup?token=${await createSetupToken()}`);
  }
  process.stdout.write(`${lines.join('\n')}\n\n`);
  if (process.env.NOTIFY_SOCKET) execFile('systemd-notify', ['--ready'], () => {});
}

/** The address to open here: not by the name localhost where the pages are at one address alone. */
async function findWebUrl(states: ListenerState[]): Promise<string> {
  const socket = states.find(({ name }) => name === 'web')?.sockets[0];
  if (!socket || /^(127\.0\.0\.1|0\.0\.0\.0|::)$/.test(socket.host)) return localWebUrl();
  return `http://${socket.address}`;
}
