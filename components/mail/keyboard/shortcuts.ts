// The keyboard map: the keys of the big mail programs. Pure; the page hands in what each command does.

export type Command =
  | 'next'
  | 'previous'
  | 'open'
  | 'close'
  | 'compose'
  | 'reply'
  | 'reply-all'
  | 'forward'
  | 'archive'
  | 'delete'
  | 'junk'
  | 'star'
  | 'select'
  | 'read'
  | 'unread'
  | 'move'
  | 'undo'
  | 'search'
  | 'help'
  | 'refresh'
  | 'select-all'
  | 'escape'
  | 'go-inbox'
  | 'go-drafts'
  | 'go-sent'
  | 'go-archive'
  | 'go-junk'
  | 'go-trash';

export type Key = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean };

const single: Record<string, Command> = {
  j: 'next',
  ArrowDown: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  o: 'open',
  Enter: 'open',
  u: 'close',
  c: 'compose',
  r: 'reply',
  a: 'reply-all',
  f: 'forward',
  e: 'archive',
  '#': 'delete',
  Delete: 'delete',
  '!': 'junk',
  s: 'star',
  x: 'select',
  I: 'read',
  U: 'unread',
  v: 'move',
  z: 'undo',
  '/': 'search',
  '?': 'help',
  Escape: 'escape',
};
const afterG: Record<string, Command> = {
  i: 'go-inbox',
  d: 'go-drafts',
  t: 'go-sent',
  a: 'go-archive',
  j: 'go-junk',
  b: 'go-trash',
};

/** The command of a key, or null. `previous` is the key before, where it came a moment ago. */
export function commandOf(key: Key, previous: string | null): Command | null {
  if (key.altKey) return null;
  if (key.ctrlKey || key.metaKey) {
    if (key.key === 'a') return 'select-all';
    return key.key === 'z' ? 'undo' : null;
  }
  if (previous === 'g' && Object.hasOwn(afterG, key.key)) return afterG[key.key]!;
  return Object.hasOwn(single, key.key) ? single[key.key]! : null;
}

/** Groups of keys for the help. */
export const shortcutGroups: { title: string; entries: [keys: string[], text: string][] }[] = [
  {
    title: 'Move about',
    entries: [
      [['j', '↓'], 'Next message'],
      [['k', '↑'], 'Previous message'],
      [['o', 'Enter'], 'Open'],
      [['u', 'Esc'], 'Back to the list'],
      [['/'], 'Search'],
      [['g', 'i'], 'Inbox'],
      [['g', 'd'], 'Drafts'],
      [['g', 't'], 'Sent'],
      [['g', 'a'], 'Archive'],
    ],
  },
  {
    title: 'Messages',
    entries: [
      [['e'], 'Archive'],
      [['#', 'Del'], 'Delete'],
      [['!'], 'Junk, or not'],
      [['v'], 'Move to a folder'],
      [['s'], 'Star'],
      [['Shift', 'I'], 'Mark as read'],
      [['Shift', 'U'], 'Mark as unread'],
      [['x'], 'Select'],
      [['Ctrl', 'A'], 'Select all'],
      [['z'], 'Undo'],
    ],
  },
  {
    title: 'Write',
    entries: [
      [['c'], 'Compose'],
      [['r'], 'Reply'],
      [['a'], 'Reply to all'],
      [['f'], 'Forward'],
      [['Ctrl', 'Enter'], 'Send'],
      [['Esc'], 'Close, keep the draft'],
      [['?'], 'This help'],
    ],
  },
];
