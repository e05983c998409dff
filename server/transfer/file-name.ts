// Names of mailboxes and subjects as names of files: what file systems and programs trip over is written as
// "%2F". A name is data (mailbox-name.ts); it becomes a path only through here.
import { createHash } from 'node:crypto';

/** Longest name of a file, with room for an ending. */
const maxNameBytes = 240;

/** A level of a mailbox's name as the name of a file; dots too where `hasNoDots`. Too long ones become a hash. */
export function encodeFileName(level: string, hasNoDots: boolean): string {
  const name = level
    .replace(/[%/\\:*?"<>|\u0000-\u001f\u007f]/g, encodeCharacter)
    .replace(/^\.|[. ]$/g, encodeCharacter)
    .replace(/^drey-/, '%64rey-')
    .replace(hasNoDots ? /\./g : /\.(?=eml$)/gi, '%2E');
  return Buffer.byteLength(name) <= maxNameBytes ? name : hashName(level);
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** A short name of its own for what is too long. */
export function hashName(text: string): string {
  return `drey-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/** A subject as part of a file's name; '' where nothing is left of it. */
export function subjectName(subject: string): string {
  const plain = subject
    .toWellFormed()
    .replace(/[\p{C}%/\\:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return [...plain]
    .slice(0, 50)
    .join('')
    .replace(/[. ]+$/, '');
}
