// GETACL and LISTRIGHTS (RFC 4314 §3.3, §3.4): who may do what, and what may be granted.
import { readAccount } from '#lib/accounts/account.ts';
import { allRights, formatRights } from '#lib/accounts/rights.ts';
import { listEntries } from '#server/store/sharing/rights.ts';
import { formatIdentifier, nameIdentifier, resolveIdentifier } from '../acl-identifier.ts';
import { locateMailbox } from '../locate.ts';
import { ok, untagged } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';
import { parseSubject } from './setacl.ts';

export const getAcl = defineCommand<string>({
  name: 'GETACL',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const name = cursor.mailbox();
    cursor.expectEnd();
    return name;
  },
  async *run(session, asked) {
    const { accountId, mailbox, name } = await locateMailbox(session, asked, 'a');
    const owner = (await readAccount(accountId))?.address;
    const entries = owner ? [[owner, allRights]] : [];
    for (const { identifier, rights } of await listEntries(accountId, mailbox.id)) {
      const known = await nameIdentifier(identifier);
      if (known) entries.push([known, rights]);
    }
    const pairs = entries.map(
      ([identifier, rights]) => ` ${formatIdentifier(identifier!)} ${formatRights(rights!)}`,
    );
    yield untagged(`ACL ${session.formatName(name)}${pairs.join('')}`);
    return ok('Getacl completed');
  },
});

export const listRights = defineCommand<{ name: string; identifier: string }>({
  name: 'LISTRIGHTS',
  states: signedIn,
  parse(cursor) {
    const subject = parseSubject(cursor);
    cursor.expectEnd();
    return subject;
  },
  async *run(session, { name: asked, identifier }) {
    const { accountId, name } = await locateMailbox(session, asked, 'a');
    const resolved = await resolveIdentifier(identifier);
    // Each right stands alone; what the owner has nobody can take.
    const granted =
      resolved === accountId
        ? formatRights(allRights)
        : `"" ${[...formatRights(allRights)].join(' ')}`;
    // RFC 4314 §3.4: the identifier as the client wrote it.
    yield untagged(
      `LISTRIGHTS ${session.formatName(name)} ${formatIdentifier(identifier)} ${granted}`,
    );
    return ok('Listrights completed');
  },
});
