// UNAUTHENTICATE (RFC 8437): back to before the login, on the same connection, for somebody else. The connection
// begins a new session, so nothing of the former can be left over; TLS stays, compression ends (§4.1).
import { readSetting } from '#lib/settings/index.ts';
import { bad, ok } from '../wire/encode.ts';
import { defineCommand, parseNothing, signedIn } from './command.ts';

export const unauthenticate = defineCommand({
  name: 'UNAUTHENTICATE',
  states: signedIn,
  parse: parseNothing,
  async *run() {
    // RFC 8437 §8: behind a proxy that only looks at the first login it must be possible to do without; §3: no NO.
    const hidden = await readSetting('imap.hiddenCapabilities');
    if (hidden.some((name) => name.toUpperCase() === 'UNAUTHENTICATE')) {
      return bad('This is switched off');
    }
    return { ...ok('Nobody is signed in now'), next: 'unauthenticate' };
  },
});
