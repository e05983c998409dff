// What a new password must be like (NIST SP 800-63B §3.1.1.2): long enough, none of the common ones, nothing of
// the owner's address or name. No rules about kinds of characters, no history, no expiry: they make passwords worse.
import { Refusal } from '../errors.ts';
import { readSettings } from '../settings/index.ts';
import { commonWords } from './password-list.ts';

/** Longer input is refused before hashing. */
export const maxPasswordBytes = 1024;

/** Whose password it is; nothing of this may stand in it. */
export type PasswordOwner = { address: string; displayName?: string };

/** More digits and signs around a common word than these are no decoration. */
const mostDecoration = 6;

/** Refusal 'invalid' (field "password") that says what is wrong and what would be right. */
export async function requireGoodPassword(password: string, owner?: PasswordOwner): Promise<void> {
  const settings = await readSettings();
  const fault = findFault(password, owner, {
    shortest: settings['security.minPasswordLength'],
    mayBeCommon: !settings['security.refuseCommonPasswords'],
  });
  if (fault) throw new Refusal('invalid', fault, 'password');
}

type Limits = { shortest: number; mayBeCommon: boolean };

/** Why the password is refused, for a person; null where it is fine. Pure. */
export function findFault(
  password: string,
  owner: PasswordOwner | undefined,
  { shortest, mayBeCommon }: Limits,
): string | null {
  if ([...password].length < shortest) {
    return `The password needs at least ${shortest} characters. Four words in a row are easy to keep.`;
  }
  if (Buffer.byteLength(password) > maxPasswordBytes) {
    return `The password may have at most ${maxPasswordBytes} bytes.`;
  }
  if (mayBeCommon) return null;
  const text = password.normalize('NFKC').toLowerCase();
  if (isCommon(text)) {
    return 'This is one of the passwords that everybody tries first. Take several words that have nothing to do with each other.';
  }
  if (owner && isAboutOwner(text, owner, shortest)) {
    return 'The address or the name stands in this password, and they are tried first. Take something else.';
  }
  return null;
}

/** Whether whoever guesses has it among the first; `text` is in lower case. */
export function isCommon(text: string): boolean {
  if (isPoor(text) || isWalk(text)) return true;
  // "Summer2024!", "!!summer", "s u m m e r"
  const bare = text.replace(/[\s_.-]+/g, '');
  return [text, bare].some((each) => strip(each).some(isWord));
}

/** The text, and what is left of it without the digits and signs at its ends; "3" as "e" and its like undone. */
function strip(text: string): string[] {
  const core = text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
  const forms = [text];
  if (core !== '' && text.length - core.length <= mostDecoration) forms.push(core);
  // Before the ends are taken away too: "p4ssw0rd" ends in a letter, "adm1n1" does not.
  for (const one of ['i', 'l']) {
    const spelled = text.replace(
      /[013457@$!|]/g,
      (sign) => (sign === '1' || sign === '!' || sign === '|' ? one : signs[sign]) ?? sign,
    );
    const trimmed = text.replace(/[^\p{L}]+$/u, '');
    const spelledCore = spelled.slice(0, trimmed.length).replace(/^[^\p{L}]+/u, '');
    forms.push(spelled);
    if (text.length - spelledCore.length <= mostDecoration) forms.push(spelledCore);
  }
  return forms;
}

const signs: Record<string, string> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

/** One common word, or one again and again. */
function isWord(text: string): boolean {
  if (commonWords.has(text)) return true;
  for (let times = 2; times <= 4; times++) {
    const length = text.length / times;
    if (length < 3 || !Number.isInteger(length)) continue;
    const part = text.slice(0, length);
    if (part.repeat(times) === text && commonWords.has(part)) return true;
  }
  return false;
}

/** Few different characters, a short part again and again, or nothing but digits of a date or a telephone. */
function isPoor(text: string): boolean {
  if (new Set(text).size < 4 && text.length < 20) return true;
  if (/^(.{1,3})\1+.?$/s.test(text)) return true;
  return /^[\d\s./+-]{1,13}$/.test(text);
}

const rows = [
  '1234567890',
  '0987654321',
  'abcdefghijklmnopqrstuvwxyz',
  'zyxwvutsrqponmlkjihgfedcba',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '!@#$%^&*()',
];

/** Made of long steps along a keyboard, the alphabet or the digits: "qwertyuiop", "asdf1234", "1qaz2wsx". */
function isWalk(text: string): boolean {
  let at = 0;
  let walked = 0;
  while (at < text.length) {
    const length = longestWalk(text, at);
    if (length >= 4) walked += length;
    at += Math.max(1, length >= 4 ? length : 1);
  }
  return text.length - walked <= 2 && walked >= 4;
}

function longestWalk(text: string, at: number): number {
  let most = 0;
  for (const row of rows) {
    for (let length = most + 1; at + length <= text.length; length++) {
      if (!row.includes(text.slice(at, at + length))) break;
      most = length;
    }
  }
  return most;
}

/** The owner's words within it, where little else is left: they are tried first, but a phrase around one is good. */
function isAboutOwner(text: string, owner: PasswordOwner, shortest: number): boolean {
  const { address, displayName = '' } = owner;
  const [local = '', domain = ''] = address.toLowerCase().split('@');
  const labels = domain.split('.').slice(0, -1);
  const parts = [
    address.toLowerCase(),
    local,
    ...local.split(/[._+-]/),
    ...labels,
    ...displayName.toLowerCase().split(/[\s.,'-]+/),
  ];
  const told = [...new Set(parts)].filter((part) => part.length >= 3 && text.includes(part));
  if (told.length === 0) return false;
  // The longest first: "anna.berg" before "anna".
  const without = told
    .toSorted((one, other) => other.length - one.length)
    .reduce((rest, part) => rest.split(part).join(' '), text);
  const rest = without.replace(/[^\p{L}\p{N}]+/gu, '');
  return [...rest].length < shortest || isCommon(rest);
}
