// MYRIGHTS (RFC 4314 §3.5).
import { formatRights } from '#lib/accounts/rights.ts';
import { locateForAny } from '../locate.ts';
import { ok, untagged } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

export const myRights = defineCommand<string>({
  name: 'MYRIGHTS',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const name = cursor.mailbox();
    cursor.expectEnd();
    return name;
  },
  async *run(session, asked) {
    const { name, rights } = await locateForAny(session, asked, 'lrikxa');
    yield untagged(`MYRIGHTS ${session.formatName(name)} ${formatRights(rights)}`);
    return ok('Myrights completed');
  },
});
