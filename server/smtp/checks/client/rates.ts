// How much one client, or its neighbourhood, may bring in a minute. Nobody honest is lost: the answer is
// temporary, and trusted networks and users are not counted.
import { isIPv6 } from 'node:net';
import { limitKey } from '#lib/accounts/network.ts';
import { pass, passed, type Reason, refuse, type Verdict } from '../../verdict.ts';
import type { Check } from '../stages.ts';
import { RateCounter } from './rate-counter.ts';

const minuteMs = 60_000;
const connections = new RateCounter(minuteMs);
const networks = new RateCounter(minuteMs);
const messages = new RateCounter(minuteMs);
const recipients = new RateCounter(minuteMs);
const guesses = new RateCounter(60 * minuteMs);

/** Tests: as if nobody had come yet. */
export function forgetRates(): void {
  for (const counter of [connections, networks, messages, recipients, guesses]) counter.clear();
}

/** The neighbourhood of an address: /24 of IPv4, /48 of IPv6. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  return `${limitKey(address).split(':').slice(0, 3).join(':')} /48`;
}

function judge(count: number, most: number, what: string, reason: Reason = 'too-fast'): Verdict {
  if (most === 0 || count <= most) return pass;
  const note = `${count} ${what}, ${most} are allowed`;
  return refuse(reason, `Too many ${what}, try again later`, note);
}

export const connectionRate: Check<'connect'> = {
  name: 'connection-rate',
  title: 'New connections',
  audience: 'strangers',
  isOn: (settings) =>
    settings['checks.connectionsPerMinute'] > 0 ||
    settings['checks.connectionsPerMinuteOfNetwork'] > 0,
  settings: ['checks.connectionsPerMinute', 'checks.connectionsPerMinuteOfNetwork'],
  run({ client: { remote, isRehearsal }, settings }) {
    const own = limitKey(remote);
    const network = networkOf(remote);
    const verdict = judge(
      isRehearsal ? connections.read(own) : connections.add(own),
      settings['checks.connectionsPerMinute'],
      'connections a minute from your address',
      'too-many-connections',
    );
    if (verdict.outcome !== 'pass') return verdict;
    return judge(
      isRehearsal ? networks.read(network) : networks.add(network),
      settings['checks.connectionsPerMinuteOfNetwork'],
      'connections a minute from your network',
      'too-many-connections',
    );
  },
};

export const messageRate: Check<'mail'> = {
  name: 'message-rate',
  title: 'Messages a minute',
  audience: 'strangers',
  isOn: (settings) => settings['checks.messagesPerMinute'] > 0,
  settings: ['checks.messagesPerMinute'],
  run({ client: { remote, isRehearsal }, settings }) {
    const key = limitKey(remote);
    return judge(
      isRehearsal ? messages.read(key) : messages.add(key),
      settings['checks.messagesPerMinute'],
      'messages a minute from your address',
    );
  },
};

export const recipientRate: Check<'rcpt'> = {
  name: 'recipient-rate',
  title: 'Recipients a minute',
  audience: 'strangers',
  isOn: (settings) => settings['checks.recipientsPerMinute'] > 0,
  settings: ['checks.recipientsPerMinute'],
  run({ client: { remote, isRehearsal }, settings }) {
    const key = limitKey(remote);
    return judge(
      isRehearsal ? recipients.read(key) : recipients.add(key),
      settings['checks.recipientsPerMinute'],
      'recipients a minute from your address',
    );
  },
};

/** Directory harvest: stands before recipient-exists, and sends away who has guessed too often. */
export const guessedRecipients: Check<'rcpt'> = {
  name: 'guessed-recipients',
  title: 'Guessing of addresses',
  audience: 'strangers',
  isOn: (settings) => settings['checks.unknownRecipientsPerHour'] > 0,
  settings: ['checks.unknownRecipientsPerHour'],
  run({ client: { remote, isRehearsal }, settings, resolution }) {
    const key = limitKey(remote);
    const most = settings['checks.unknownRecipientsPerHour'];
    const isUnknown = resolution.status === 'unknown';
    const count = isUnknown && !isRehearsal ? guesses.add(key) : guesses.read(key);
    // The same answer for who exists and who does not, or guessing would go on.
    if (most > 0 && count > most) {
      return refuse(
        'too-fast',
        'Too many unknown recipients, try again later',
        `${count} in an hour`,
      );
    }
    return isUnknown ? passed(`unknown; ${count} in an hour`) : pass;
  },
};
