// Relay rules in words, for pages, the command line and the trail. Pure.
import type { RelayRule } from './relay-rule.ts';

type Conditions = Pick<RelayRule, 'recipient' | 'sender' | 'user'>;

/** "to example.net, from example.org", or "all mail". */
export function describeConditions({ recipient, sender, user }: Conditions): string {
  const list = (text: string) => text.replaceAll(' ', ' or ');
  const parts = [
    recipient && `to ${list(recipient)}`,
    sender && `from ${list(sender)}`,
    user && `sent by ${user === '*' ? 'any user' : list(user)}`,
  ].filter(Boolean);
  return parts.join(', ') || 'all mail';
}

/** "to smart.example:587", "held". */
export function describeTarget(rule: Pick<RelayRule, 'target' | 'hosts' | 'text'>): string {
  const hosts = rule.hosts.replaceAll(' ', ', ');
  return {
    mx: 'to the mail servers of its recipient (MX)',
    hosts: `to ${hosts}`,
    lmtp: `by LMTP to ${hosts}`,
    hold: 'held until somebody releases it',
    discard: 'thrown away',
    return: `returned to its sender${rule.text ? `: ${rule.text}` : ''}`,
  }[rule.target];
}
