// NAMESPACE (RFC 2342): one's own mailboxes, and below "Shared/" what others share. Thunderbird reads quoted
// prefixes only.
import { sharedRoot } from '#server/store/sharing/shared-name.ts';
import { ok, untagged } from '../wire/encode.ts';
import { defineCommand, parseNothing, signedIn } from './command.ts';

export const namespace = defineCommand({
  name: 'NAMESPACE',
  states: signedIn,
  parse: parseNothing,
  async *run() {
    yield untagged(`NAMESPACE (("" "/")) NIL (("${sharedRoot}/" "/"))`);
    return ok('Namespace completed');
  },
});
