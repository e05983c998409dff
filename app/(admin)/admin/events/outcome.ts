// Where the copies of one message are now, read from its events: the last word of each recipient.
import type { EventView } from '#components/admin/event-list.tsx';

/** What says something of a recipient; the arrival says of the message alone. */
const ends = ['refused', 'queued', 'deferred', 'sent', 'delivered', 'bounced', 'dropped'];

/** The last event of each recipient, in the order in which the recipients first appear. `story`: first to last. */
export function readOutcomes<T extends EventView>(story: readonly T[]): T[] {
  const arrival = story.find(({ kind }) => kind === 'received');
  const last = new Map<string, T>();
  for (const event of story) {
    // Reports to the sender are another message, told in the same story.
    const isReport = event.sender === '' && arrival !== undefined && arrival.sender !== '';
    if (event.recipient === '' || !ends.includes(event.kind) || isReport) continue;
    last.set(event.recipient, event);
  }
  return [...last.values()];
}

/**
 * What the page that explains asks for, of the mail as it came: the address of the client, sender and recipients. Null of mail
 * that users handed in or the server wrote, whose way in cannot be tried so.
 */
export function readQuestion(
  story: readonly EventView[],
): { client: string; from: string; to: string; helo: string } | null {
  const first = story.find(({ kind }) => kind === 'received' || kind === 'refused');
  const client = first?.remote ?? '';
  const { listener, protocol, helo } = first?.detail ?? {};
  const isFromUser = /SMTPS?A$/.test(String(protocol)) || /^submission/.test(String(listener));
  const recipients = story.flatMap(({ recipient, kind }) => (ends.includes(kind) ? recipient : []));
  const to = [...new Set(recipients.filter(Boolean))].slice(0, 10).join(' ');
  if (!first || isFromUser || !/^[0-9a-f.:]+$/i.test(client) || to === '') return null;
  return { client, from: first.sender, to, helo: typeof helo === 'string' ? helo : '' };
}
