// Options of users and domains on the command line, and how they are read.
import type { AccountChange } from '#lib/accounts/account.ts';
import {
  type ClosableProtocol,
  closableProtocols,
  writeClosed,
} from '#lib/accounts/closed-protocols.ts';
import { Refusal } from '#lib/errors.ts';
import { parseBytes } from '#lib/settings/index.ts';
import { type Input, optionText } from './command.ts';

export const commentOption = { flags: '--comment <text>', help: 'a note for other administrators' };
export const quotaOption = { flags: '--quota <size>', help: 'such as 5G; 0 for no limit' };
export const messagesOption = { flags: '--messages <number>', help: 'how many; 0 for no limit' };
/** How many a domain may have. */
export const mostOptions = [
  { flags: '--max-users <number>', help: 'how many users; 0 for no limit' },
  { flags: '--max-aliases <number>', help: 'how many aliases; 0 for no limit' },
];
/** What gives a user back to the settings storage.defaultQuotaBytes and storage.defaultQuotaMessages. */
export const defaultWord = 'default';
/** What a user may send a day; null on the account stands for the settings of the group "sending". */
export const dailyOptions = [
  { flags: '--daily-messages <number>', help: 'that may be sent a day; 0 for no limit; "default"' },
  { flags: '--daily-recipients <number>', help: 'new ones a day; 0 for no limit; "default"' },
];
export const protocolsOption = {
  flags: '--protocols <names>',
  help: 'that mail programs may use, commas between: imap,pop3,submission; "none"',
};
export const nameOption = { flags: '--name <text>', help: "the person's name" };

/** Refusal 'invalid' where nothing is given. */
export function requireOptions({ options }: Input): void {
  const known = ['name', 'comment', 'quota', 'messages', 'dailyMessages', 'dailyRecipients'];
  const names = [
    ...known,
    'maxUsers',
    'maxAliases',
    'aliasOf',
    'archive',
    'elsewhere',
    'mustChange',
    'protocols',
  ];
  if (!names.some((name) => options[name] !== undefined)) {
    throw new Refusal('invalid', 'Say what to change: see --help.');
  }
}

/** The two limits, as far as they are given. Refusal 'invalid'. */
export function readLimits(input: Input): { quotaBytes?: number; quotaMessages?: number } {
  const [quota, messages] = [optionText(input, 'quota'), optionText(input, 'messages')];
  const limits: { quotaBytes?: number; quotaMessages?: number } = {};
  if (quota !== undefined) limits.quotaBytes = readBytes(quota);
  if (messages !== undefined) limits.quotaMessages = readCount(messages);
  return limits;
}

/** How many users and aliases, as far as it is given. Refusal 'invalid'. */
export function readMost(input: Input): { maxUsers?: number; maxAliases?: number } {
  const read = (name: string) => {
    const text = optionText(input, name);
    return text === undefined ? undefined : readCount(text);
  };
  return { maxUsers: read('maxUsers'), maxAliases: read('maxAliases') };
}

function readBytes(text: string): number {
  const bytes = parseBytes(text);
  if (Number.isNaN(bytes)) throw new Refusal('invalid', `"${text}" is not a size such as 5G.`);
  return bytes;
}

function readCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Refusal('invalid', `"${text}" is not a whole number.`);
  return Number(text);
}

/** The same for a user who exists, where "default" stands for the setting. */
export function readOwnLimits(input: Input): Pick<AccountChange, 'quotaBytes' | 'quotaMessages'> {
  const isDefault = (name: string) => optionText(input, name) === defaultWord;
  const names = ['quota', 'messages'].filter((name) => !isDefault(name));
  const options = Object.fromEntries(names.map((name) => [name, input.options[name]]));
  return {
    ...readLimits({ ...input, options }),
    ...(isDefault('quota') ? { quotaBytes: null } : {}),
    ...(isDefault('messages') ? { quotaMessages: null } : {}),
  };
}

/** Undefined where it is not given. Refusal 'invalid'. */
export function readYes(input: Input, name: string): boolean | undefined {
  const text = optionText(input, name);
  if (text === undefined || text === 'yes' || text === 'no')
    return text === undefined ? text : text === 'yes';
  throw new Refusal('invalid', `Say yes or no, not "${text}".`);
}

/** The protocols that programs may use, as those they may not; undefined where it is not given. Refusal 'invalid'. */
export function readClosedOption(input: Input): ClosableProtocol[] | undefined {
  const text = optionText(input, 'protocols');
  if (text === undefined) return undefined;
  const open = text === 'none' ? [] : text.split(',').map((word) => word.trim());
  writeClosed(open);
  return closableProtocols.filter((protocol) => !open.includes(protocol));
}

/** Undefined where it is not given, null for the setting. Refusal 'invalid'. */
export function readDaily(input: Input, name: string): number | null | undefined {
  const text = optionText(input, name);
  if (text === undefined) return undefined;
  return text === defaultWord ? null : readCount(text);
}
