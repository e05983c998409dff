// A sender who can never be answered: no such domain, no mail server and no address (RFC 5321 §5.1), or a
// null MX (RFC 7505 §4.2).
import { splitAddress, toAsciiDomain } from '#lib/mail/address.ts';
import { resolveAddresses, resolveMx } from '#server/dns/resolver.ts';
import { pass, passed } from '../../verdict.ts';
import { oncePerTransaction } from '../once.ts';
import { blame, doubt } from '../strict.ts';

export const senderDomain = oncePerTransaction({
  name: 'sender-domain',
  title: 'Domain of the sender',
  isOn: (settings) => settings['checks.senderDomain'] !== 'off',
  settings: ['checks.senderDomain'],
  async judge({ transaction, settings }) {
    if (transaction.sender === '') return pass;
    const strictness = settings['checks.senderDomain'];
    const written = splitAddress(transaction.sender).domain;
    const domain = toAsciiDomain(written);
    if (!domain)
      return blame(strictness, 'no-sender-domain', 'Your sender domain is none', written);
    const servers = await resolveMx(domain);
    if (servers.status === 'ok') {
      if (servers.records.every(({ exchange }) => exchange === '')) {
        const text = `${domain} says that it takes no mail (null MX)`;
        return blame(strictness, 'sender-takes-no-mail', text, 'null MX');
      }
      return passed(`${domain} has a mail server`);
    }
    const addresses = await resolveAddresses(domain);
    if (addresses.status === 'ok') return passed(`${domain} has an address`);
    const failed = [servers, addresses].find(({ status }) => status === 'failed');
    if (failed?.status === 'failed') {
      return doubt(
        strictness,
        'Your sender domain cannot be looked up, try again later',
        failed.text,
      );
    }
    const text = `The sender domain ${domain} has no mail server and no address`;
    return blame(strictness, 'no-sender-domain', text, 'not in the DNS');
  },
});
