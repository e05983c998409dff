// Counts and names of all folders as the server pushes them (NOTIFY, RFC 5465) on the one connection that waits for
// the inbox anyway; without it folders are compared by LIST twice a minute (watch.ts).
import type { ImapFlow } from 'imapflow';
import { atom, runCommand, type Token } from '../imap/raw-command.ts';

type Handlers = Record<string, (untagged: unknown) => Promise<void>>;
type Listening = { untaggedHandlers: Handlers; sectionHandlers: Handlers };

const words = (...names: string[]): Token => names.map(atom);
const messages = ['MessageNew', 'MessageExpunge', 'FlagChange'];
const folders = [...messages, 'MailboxName', 'SubscriptionChange'];

/**
 * Calls `onFolders` from now on when any folder but the selected one has changed, and `onEnd` when the server will
 * not tell any more. False where the server cannot.
 */
export async function notifyOfFolders(
  client: ImapFlow,
  onFolders: () => void,
  onEnd: () => void,
): Promise<boolean> {
  if (!client.capabilities.has('NOTIFY')) return false;
  const { untaggedHandlers, sectionHandlers } = client as unknown as Listening;
  const note = async () => onFolders();
  untaggedHandlers.STATUS = note;
  untaggedHandlers.LIST = note;
  sectionHandlers.NOTIFICATIONOVERFLOW = async () => onEnd();
  const groups: Token[] = [
    [atom('selected'), words(...messages)],
    [atom('personal'), words(...folders)],
    [atom('subtree'), atom('Shared'), words(...folders)],
  ];
  try {
    await runCommand(client, 'NOTIFY', [atom('SET'), ...groups], 'STATUS', onFolders);
    return true;
  } catch {
    // What is refused is compared as before.
    return false;
  }
}
