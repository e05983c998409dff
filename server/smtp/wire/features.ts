// What EHLO and LHLO announce (RFC 5321 §4.1.1.1): to each client what it may use now.
import { fromNow } from '#lib/clock.ts';
import type { Settings } from '#lib/settings/index.ts';
import type { Client } from '../session.ts';
import { longestHoldSeconds } from './parameters.ts';

export type Offer = {
  settings: Settings;
  /** SASL mechanisms; empty: AUTH is not offered now. */
  mechanisms: string[];
  mayIntroduce: boolean;
};

/** Attributes of XCLIENT that are understood; XCLIENT_README of Postfix. */
export const xclientAttributes = ['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'DESTADDR', 'DESTPORT'];

/** Keywords with their parameters, in the order they are told. */
export function listFeatures(client: Client, offer: Offer): string[] {
  const { settings, mechanisms, mayIntroduce } = offer;
  const features = ['PIPELINING', `SIZE ${settings['smtp.messageSizeBytes']}`];
  if (!client.isSecure && !client.isLocal) features.push('STARTTLS');
  // RFC 8689 §4: only where TLS protects this session.
  if (client.isSecure) features.push('REQUIRETLS');
  if (mechanisms.length > 0) features.push(`AUTH ${mechanisms.join(' ')}`);
  features.push('ENHANCEDSTATUSCODES', '8BITMIME', 'DSN', 'CHUNKING');
  // RFC 9422 §4.2
  features.push(`LIMITS RCPTMAX=${settings['smtp.maxRecipients']}`);
  const holdSeconds = longestHoldSeconds(client, settings);
  if (holdSeconds > 0) {
    const until = fromNow(holdSeconds * 1000).toISOString();
    // RFC 4865 §4: the longest interval, and the latest date.
    features.push(`FUTURERELEASE ${holdSeconds} ${until.replace(/\.\d+Z$/, 'Z')}`);
  }
  if (mayIntroduce) features.push(`XCLIENT ${xclientAttributes.join(' ')}`);
  return [...features, 'SMTPUTF8'];
}
