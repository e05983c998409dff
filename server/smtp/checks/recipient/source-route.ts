// "user%elsewhere@here", "elsewhere!user@here", "user@elsewhere"@here: old ways to ask a server to send on.
// They are never split and followed here, and a catch-all must not swallow them either.
import { splitAddress } from '#lib/mail/address.ts';
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const sourceRoute: Check<'rcpt'> = {
  name: 'source-route',
  title: 'Routes hidden in addresses',
  run({ recipient, resolution }) {
    if (recipient === null || resolution.status === 'not-local') return pass;
    if (!/[%!@]/.test(splitAddress(recipient).local)) return pass;
    return refuse('source-route', 'Relaying denied: routes in addresses are not followed');
  },
};
