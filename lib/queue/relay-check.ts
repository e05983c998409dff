// What a relay rule may hold: its fields made canonical, those that its target has no use for emptied. Pure.
import { isIP } from 'node:net';
import { Refusal } from '#lib/errors.ts';
import { toAsciiDomain } from '#lib/mail/address.ts';
import { checkHosts, parseHosts } from './relay-host.ts';
import { checkPatterns } from './relay-pattern.ts';
import type { RelayRuleInput } from './relay-rule.ts';

export const relayTargets = ['mx', 'hosts', 'lmtp', 'hold', 'discard', 'return'] as const;
export type RelayTarget = (typeof relayTargets)[number];

export const relayTlsModes = [
  'none',
  'opportunistic',
  'required',
  'verified',
  'dane',
  'implicit',
] as const;
/** "required": any certificate; "verified": one that proves the host's name; "implicit": verified, from the first byte. */
export type RelayTlsMode = (typeof relayTlsModes)[number];

export const addressFamilies = ['ipv4', 'ipv6', 'ipv4-only', 'ipv6-only'] as const;
export type AddressFamily = (typeof addressFamilies)[number];

/** Of the times and limits that a rule may have of its own. */
export const relayNumbers = {
  firstRetryMinutes: { min: 1, max: 1440 },
  maxRetryMinutes: { min: 1, max: 2880 },
  delayNoticeHours: { min: 0, max: 240 },
  lifetimeHours: { min: 1, max: 720 },
  concurrency: { min: 1, max: 1000 },
  rateDelaySeconds: { min: 0, max: 3600 },
} as const;
export type RelayNumber = keyof typeof relayNumbers;

function refuse(text: string, field: string): never {
  throw new Refusal('invalid', text, field);
}

/** The fields as they are stored; the password is only looked at. Refusal 'invalid' with the field. */
export function checkRelayInput(input: RelayRuleInput) {
  const target = oneOf(input.target ?? (input.hosts ? 'hosts' : 'mx'), relayTargets, 'target');
  const isSent = target === 'mx' || target === 'hosts' || target === 'lmtp';
  const tlsMode = oneOf(input.tlsMode ?? 'opportunistic', relayTlsModes, 'tlsMode');
  const username = checkLogin((input.username ?? '').trim(), input.password ?? '');
  const comment = (input.comment ?? '').trim();
  if (comment.length > 500) refuse('A comment has at most 500 characters.', 'comment');
  return {
    recipient: checkPatterns(input.recipient ?? '', 'recipient'),
    sender: checkPatterns(input.sender ?? '', 'sender'),
    user: checkPatterns(input.user ?? '', 'user'),
    target,
    ...checkWay(
      isSent ? input : {},
      target,
      isSent ? tlsMode : 'opportunistic',
      isSent ? username : '',
    ),
    ...checkNumbers(isSent ? input : {}),
    text: target === 'return' ? checkText(input.text ?? '') : '',
    comment,
  };
}

function checkWay(
  input: RelayRuleInput,
  target: RelayTarget,
  tlsMode: RelayTlsMode,
  username: string,
) {
  const usualPort = target === 'lmtp' ? 24 : tlsMode === 'implicit' ? 465 : 25;
  const isNamed = target === 'hosts' || target === 'lmtp';
  const hosts = isNamed ? checkHosts(input.hosts ?? '', usualPort, 'hosts') : '';
  if (isNamed && hosts === '') refuse('Give a host.', 'hosts');
  const fallbackHosts = checkHosts(input.fallbackHosts ?? '', usualPort, 'fallbackHosts');
  checkKinds(hosts, target, tlsMode, 'hosts');
  checkKinds(fallbackHosts, target, tlsMode, 'fallbackHosts');
  if (target === 'mx' && tlsMode === 'implicit') {
    refuse('Mail servers found by MX do not begin with TLS.', 'tlsMode');
  }
  if (username && !hosts && !fallbackHosts) {
    refuse('A login is for hosts that the rule names.', 'username');
  }
  return {
    hosts,
    fallbackHosts,
    fallbackAfter: checkNumber(input.fallbackAfter ?? 3, { min: 1, max: 100 }, 'fallbackAfter'),
    tlsMode,
    username,
    sourceIpv4: checkSource(input.sourceIpv4 ?? '', 4),
    sourceIpv6: checkSource(input.sourceIpv6 ?? '', 6),
    helo: checkHelo(input.helo ?? ''),
    family: input.family ? oneOf(input.family, addressFamilies, 'family') : '',
  };
}

function checkKinds(
  hosts: string,
  target: RelayTarget,
  tlsMode: RelayTlsMode,
  field: 'hosts' | 'fallbackHosts',
): void {
  for (const host of parseHosts(hosts)) {
    if (host.kind === 'socket' && target !== 'lmtp') {
      refuse('A socket of this machine is for LMTP.', field);
    }
    if (host.kind === 'mx' && target === 'lmtp') refuse('LMTP has no MX; name the host.', field);
    if (tlsMode === 'dane' && (host.kind === 'socket' || isIP(host.name))) {
      refuse('DANE needs the name of the host.', field);
    }
  }
}

function checkNumbers(input: RelayRuleInput): Record<RelayNumber, number | null> {
  const names = Object.keys(relayNumbers) as RelayNumber[];
  const entries = names.map((name) => {
    const value = input[name] ?? null;
    return [name, value === null ? null : checkNumber(value, relayNumbers[name], name)];
  });
  return Object.fromEntries(entries);
}

function checkNumber(
  value: number,
  { min, max }: { min: number; max: number },
  field: string,
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  return refuse(`This is a whole number from ${min} to ${max}.`, field);
}

function oneOf<const T extends string>(value: string, list: readonly T[], field: string): T {
  const found = list.find((one) => one === value);
  return found ?? refuse(`This is one of ${list.join(', ')}.`, field);
}

function checkSource(text: string, version: 4 | 6): string {
  const address = text.trim().toLowerCase();
  if (address === '' || isIP(address) === version) return address;
  return refuse(`This is no IPv${version} address.`, `sourceIpv${version}`);
}

function checkHelo(text: string): string {
  const name = text.trim();
  if (name === '') return '';
  return toAsciiDomain(name) ?? refuse('This is no host name.', 'helo');
}

function checkText(text: string): string {
  const line = text.trim();
  if (line.length > 500 || /\p{Cc}/u.test(line)) {
    refuse('The reason is one line of at most 500 characters.', 'text');
  }
  return line;
}

function checkLogin(username: string, password: string): string {
  const isWrong = (text: string) => text.length > 500 || /\p{Cc}/u.test(text);
  if (isWrong(username)) refuse('The login name has a control character in it.', 'username');
  if (isWrong(password)) refuse('The password has a control character in it.', 'password');
  if (password && !username) refuse('A password needs a login name.', 'username');
  return username;
}
