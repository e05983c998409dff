// Everything the mail page can be told to do, in one list that the keys, the help and the palette read. Keys are those
// of the big mail programs; a person may choose others (preference list.keys). Pure.
//
// A key is written as the browser names it: "j", "I" (with Shift), "Enter", "Space"; "Ctrl+a" (or the Mac's command key);
// "Shift+ArrowDown" for keys that write nothing; two strokes one after the other with a space between, "g i".

export const commandGroups = [
  'go',
  'list',
  'select',
  'message',
  'conversation',
  'write',
  'view',
] as const;
export type CommandGroup = (typeof commandGroups)[number];

type Declared = {
  id: string;
  group: CommandGroup;
  keys: readonly string[];
  /** What must be there: a chosen or marked message, an open one */
  needs?: 'target' | 'message';
  /** Not offered in the palette: it moves the mark from row to row */
  isStep?: true;
};

const declared = [
  { id: 'search', group: 'go', keys: ['/'] },
  { id: 'go-inbox', group: 'go', keys: ['g i'] },
  { id: 'go-starred', group: 'go', keys: ['g s'] },
  { id: 'go-sent', group: 'go', keys: ['g t'] },
  { id: 'go-drafts', group: 'go', keys: ['g d'] },
  { id: 'go-archive', group: 'go', keys: ['g a'] },
  { id: 'go-junk', group: 'go', keys: ['g j'] },
  { id: 'go-trash', group: 'go', keys: ['g b'] },
  { id: 'go-contacts', group: 'go', keys: ['g c'] },
  { id: 'go-calendar', group: 'go', keys: ['g k'] },
  { id: 'go-options', group: 'go', keys: ['g o'] },
  { id: 'palette', group: 'go', keys: ['Ctrl+k'] },
  { id: 'help', group: 'go', keys: ['?'] },
  { id: 'tips', group: 'go', keys: ['Ctrl+?'] },

  { id: 'next', group: 'list', keys: ['j', 'ArrowDown'], isStep: true },
  { id: 'previous', group: 'list', keys: ['k', 'ArrowUp'], isStep: true },
  { id: 'first', group: 'list', keys: ['Home'], isStep: true },
  { id: 'last', group: 'list', keys: ['End'], isStep: true },
  { id: 'next-unread', group: 'list', keys: ['N'] },
  { id: 'open', group: 'list', keys: ['o', 'Enter'], needs: 'target', isStep: true },
  { id: 'close', group: 'list', keys: ['u'], needs: 'message' },
  { id: 'back', group: 'list', keys: ['Escape'], isStep: true },
  { id: 'next-page', group: 'list', keys: ['g n'] },
  { id: 'previous-page', group: 'list', keys: ['g p'] },
  { id: 'refresh', group: 'list', keys: ['g r'] },
  { id: 'filter-unread', group: 'list', keys: [] },
  { id: 'filter-starred', group: 'list', keys: [] },
  { id: 'filter-attachment', group: 'list', keys: [] },
  { id: 'read-all', group: 'list', keys: [] },
  { id: 'expunge', group: 'list', keys: [] },

  { id: 'select', group: 'select', keys: ['x', 'Space'], needs: 'target', isStep: true },
  { id: 'extend-down', group: 'select', keys: ['Shift+ArrowDown'], isStep: true },
  { id: 'extend-up', group: 'select', keys: ['Shift+ArrowUp'], isStep: true },
  { id: 'select-all', group: 'select', keys: ['Ctrl+a', '* a'] },
  { id: 'select-everything', group: 'select', keys: [] },
  { id: 'select-none', group: 'select', keys: ['* n'] },
  { id: 'select-read', group: 'select', keys: ['* r'] },
  { id: 'select-unread', group: 'select', keys: ['* u'] },
  { id: 'select-starred', group: 'select', keys: ['* s'] },
  { id: 'select-unstarred', group: 'select', keys: ['* t'] },

  { id: 'archive', group: 'message', keys: ['e'], needs: 'target' },
  { id: 'delete', group: 'message', keys: ['#', 'Delete'], needs: 'target' },
  { id: 'junk', group: 'message', keys: ['!', 'q'], needs: 'target' },
  { id: 'move', group: 'message', keys: ['v'], needs: 'target' },
  { id: 'copy', group: 'message', keys: ['Y'], needs: 'target' },
  { id: 'label', group: 'message', keys: ['l'], needs: 'target' },
  { id: 'snooze', group: 'message', keys: ['b'], needs: 'target' },
  { id: 'mute', group: 'message', keys: ['m'], needs: 'target' },
  { id: 'star', group: 'message', keys: ['s'], needs: 'target' },
  { id: 'read', group: 'message', keys: ['I'], needs: 'target' },
  { id: 'unread', group: 'message', keys: ['U'], needs: 'target' },
  { id: 'archive-next', group: 'message', keys: [']'], needs: 'target' },
  { id: 'archive-previous', group: 'message', keys: ['['], needs: 'target' },
  { id: 'destroy', group: 'message', keys: ['D'], needs: 'target' },
  { id: 'mark-deleted', group: 'message', keys: [], needs: 'target' },
  { id: 'undelete', group: 'message', keys: [], needs: 'target' },
  { id: 'undo', group: 'message', keys: ['z', 'Ctrl+z'] },

  { id: 'next-in-thread', group: 'conversation', keys: ['n'], needs: 'message' },
  { id: 'previous-in-thread', group: 'conversation', keys: ['p'], needs: 'message' },
  { id: 'expand', group: 'conversation', keys: ['ArrowRight'], isStep: true },
  { id: 'collapse', group: 'conversation', keys: ['ArrowLeft'], isStep: true },
  { id: 'as-text', group: 'conversation', keys: ['t'], needs: 'message' },
  { id: 'as-html', group: 'conversation', keys: ['T'], needs: 'message' },
  { id: 'headers', group: 'conversation', keys: ['Ctrl+i'], needs: 'message' },

  { id: 'compose', group: 'write', keys: ['c'] },
  { id: 'reply', group: 'write', keys: ['r'], needs: 'target' },
  { id: 'reply-all', group: 'write', keys: ['a'], needs: 'target' },
  { id: 'forward', group: 'write', keys: ['f'], needs: 'target' },
  { id: 'forward-attachment', group: 'write', keys: ['F'], needs: 'target' },

  { id: 'layout-right', group: 'view', keys: [] },
  { id: 'layout-below', group: 'view', keys: [] },
  { id: 'layout-list', group: 'view', keys: [] },
  { id: 'density-comfortable', group: 'view', keys: [] },
  { id: 'density-default', group: 'view', keys: [] },
  { id: 'density-compact', group: 'view', keys: [] },
  { id: 'columns', group: 'view', keys: [] },
] as const satisfies readonly Declared[];

export type CommandId = (typeof declared)[number]['id'];
export type Command = Omit<Declared, 'id'> & { id: CommandId };
export const commands: readonly Command[] = declared;

/** Keys that other places listen to, for the help. */
export const otherKeys = [
  { id: 'send', keys: ['Ctrl+Enter'] },
  { id: 'send-archive', keys: ['Ctrl+Shift+Enter'] },
  { id: 'cc', keys: ['Ctrl+Shift+C'] },
  { id: 'bcc', keys: ['Ctrl+Shift+B'] },
  { id: 'link', keys: ['Ctrl+k'] },
  { id: 'close-draft', keys: ['Escape'] },
] as const;

export type OwnKeys = Readonly<Record<string, readonly string[]>>;

/** The keys of a command, a person's own before those declared. */
export function keysOf(command: Command, own: OwnKeys): readonly string[] {
  return Object.hasOwn(own, command.id) ? (own[command.id] ?? []) : command.keys;
}

/** Commands by key. A person's own key goes before the same one declared for another command. */
export function mapKeys(own: OwnKeys): Map<string, CommandId> {
  const map = new Map<string, CommandId>();
  for (const command of commands) {
    if (!Object.hasOwn(own, command.id)) for (const key of command.keys) map.set(key, command.id);
  }
  for (const command of commands) {
    if (Object.hasOwn(own, command.id))
      for (const key of keysOf(command, own)) map.set(key, command.id);
  }
  return map;
}

export type Stroke = {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey?: boolean;
  /** AltGr writes signs on many keyboards: then Ctrl and Alt are no chord */
  isAltGraph?: boolean;
};

const modifiers = new Set([
  'Control',
  'Shift',
  'Alt',
  'Meta',
  'AltGraph',
  'CapsLock',
  'Dead',
  'Process',
]);

/** How a stroke is written in the list above; null for a modifier alone and for chords of the system. */
export function writeStroke(stroke: Stroke): string | null {
  if (modifiers.has(stroke.key) || stroke.key === '') return null;
  const isPlain = stroke.isAltGraph === true;
  if (stroke.altKey && !isPlain) return null;
  const key = stroke.key === ' ' ? 'Space' : stroke.key;
  const isChord = (stroke.ctrlKey || stroke.metaKey) && !isPlain;
  // A letter says by itself whether Shift is held.
  const shift = stroke.shiftKey && key.length > 1 ? 'Shift+' : '';
  return `${isChord ? 'Ctrl+' : ''}${shift}${key}`;
}

/**
 * The command of a stroke, or null. `previous` is the stroke before, where it came a moment ago. `mayLetters` false
 * leaves everything that writes a sign to the browser.
 */
export function commandOf(
  keys: ReadonlyMap<string, CommandId>,
  stroke: string,
  previous: string | null,
  mayLetters = true,
): CommandId | null {
  if (!mayLetters && stroke.length === 1) return null;
  if (previous !== null) {
    const pair = keys.get(`${previous} ${stroke}`);
    if (pair) return pair;
  }
  return keys.get(stroke) ?? null;
}

/** The keys of a stroke as a keyboard names them: "Ctrl+a" → ["Ctrl", "A"]; "g i" → ["g", "i"]. */
export function splitKeys(key: string): string[] {
  return key.split(' ').flatMap((stroke) => {
    const parts = stroke === '+' ? ['+'] : stroke.split(/\+(?=.)/);
    const last = parts.at(-1) ?? '';
    const isCapital = parts.length === 1 && /^\p{Lu}$/u.test(last);
    if (isCapital) return ['Shift', last];
    return parts.length > 1 && last.length === 1
      ? [...parts.slice(0, -1), last.toUpperCase()]
      : [...parts.slice(0, -1), signs[last] ?? last];
  });
}
const signs: Record<string, string> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Delete: 'Del',
};
