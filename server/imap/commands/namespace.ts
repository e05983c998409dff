// NAMESPACE (RFC 2342): personal mailboxes only. Thunderbird reads quoted prefixes only.
import { ok, untagged } from '../wire/encode.ts';
import { defineCommand, parseNothing, signedIn } from './command.ts';

export const namespace = defineCommand({
  name: 'NAMESPACE',
  states: signedIn,
  parse: parseNothing,
  async *run() {
    yield untagged('NAMESPACE (("" "/")) NIL NIL');
    return ok('Namespace completed');
  },
});
