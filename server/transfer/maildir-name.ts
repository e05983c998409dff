// Names of Maildir files (cr.yp.to/proto/maildir.html, with Dovecot's letters for keywords) and of Maildir++
// folders: ".Folder.Sub", modified UTF-7 (RFC 3501 §5.1.3) or plain UTF-8.
import { decodeMailboxName, encodeMailboxName } from '#lib/mail/mutf7.ts';
import { FLAG } from '#server/store/flag-bits.ts';

/** Keyword for the Maildir flag P (passed on), as IMAP clients call it. */
export const forwardedKeyword = '$Forwarded';
/** Letters a to z. */
export const maxLetters = 26;

const letters: [string, number][] = [
  ['D', FLAG.draft],
  ['F', FLAG.flagged],
  ['R', FLAG.answered],
  ['S', FLAG.seen],
  ['T', FLAG.deleted],
];
const codeOfA = 97;

export type MaildirName = { unique: string; flags: number; keywords: string[] };

/** Reads the name of a file; `words` are the keywords of the letters a, b, … */
export function parseMaildirName(name: string, words: (string | undefined)[]): MaildirName {
  // Some systems know no ":" in names and take another character.
  const match = /^(.*?)[:;!]2,([^/]*)$/s.exec(name);
  if (!match) return { unique: name, flags: 0, keywords: [] };
  const [, unique = '', info = ''] = match;
  let flags = 0;
  const keywords: string[] = [];
  for (const letter of info) {
    flags |= letters.find(([own]) => own === letter)?.[1] ?? 0;
    const word = letter >= 'a' && letter <= 'z' ? words[letter.charCodeAt(0) - codeOfA] : undefined;
    if (word) keywords.push(word);
  }
  if (info.includes('P')) keywords.push(forwardedKeyword);
  return { unique, flags, keywords };
}

/** The part ":2,…" of a name; flags in the order of ASCII, as the format wants. */
export function formatMaildirInfo(flags: number, keywords: string[], words: string[]): string {
  const set = letters.filter(([, bit]) => (flags & bit) !== 0).map(([letter]) => letter);
  const isForwarded = keywords.some(
    (word) => word.toLowerCase() === forwardedKeyword.toLowerCase(),
  );
  if (isForwarded) set.push('P');
  for (const word of keywords) {
    const at = words.indexOf(word);
    if (at >= 0 && at < maxLetters) set.push(String.fromCharCode(codeOfA + at));
  }
  return `:2,${set.sort().join('')}`;
}

/** Words of a `dovecot-keywords` file ("0 $Label1"), by their number. */
export function parseDovecotKeywords(text: string): string[] {
  const words: string[] = [];
  for (const line of text.split('\n')) {
    const match = /^(\d{1,2}) (\S+)\s*$/.exec(line);
    if (match && Number(match[1]) < maxLetters) words[Number(match[1])] = match[2]!;
  }
  return words;
}

export function formatDovecotKeywords(words: string[]): string {
  return words.map((word, at) => `${at} ${word}\n`).join('');
}

/**
 * Levels of a Maildir++ folder's name without its leading dot, or of a path of LAYOUT=fs ("/" between). `text`
 * is decoded UTF-8. A name that is no modified UTF-7 is taken as it stands; "\2e" is a dot inside a level, as
 * Dovecot's plugin listescape writes it.
 */
export function parseFolderName(text: string, separator: '.' | '/'): string[] {
  return text.split(separator).map(decodeLevel);
}

function decodeLevel(level: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(level);
  const name = (isAscii ? decodeMailboxName(level) : null) ?? level;
  return name.replace(/\\([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The name of the Maildir++ folder of a mailbox, with its leading dot. */
export function formatFolderName(levels: string[]): string {
  const escapeLevel = (level: string) =>
    level.replace(/[\\.]|^~/g, (character) => `\\${character.charCodeAt(0).toString(16)}`);
  return levels.map((level) => `.${encodeMailboxName(escapeLevel(level))}`).join('');
}
