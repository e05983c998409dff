// The search of the panel: what each role finds, by the beginning of addresses and by the ids of messages, in its own domains;
// pages and settings also under the names that others give them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import type { Role } from '#lib/accounts/role.ts';
import type { Staff } from '#lib/accounts/staff.ts';
import { db } from '#lib/db.ts';
import { findThings } from '#lib/find/find.ts';
import { flushTrail, recordEvent } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { findPages } from '../../../app/(admin)/find-pages.ts';

const password = 'a long password';

describe('the search of the panel', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let own: { id: string; name: string }[] = [];

  before(async () => {
    database = await openTestDatabase();
    for (const name of ['own.test', 'other.test']) {
      await addDomain({ name }, 'test');
      await addAccount({ address: `ada@${name}`, password, displayName: 'Ada Lovelace' }, 'test');
      await addAlias({ address: `adam@${name}`, targets: [`ada@${name}`] }, 'test');
    }
    for (const [traceId, recipient] of [
      ['queue1own', 'ada@own.test'],
      ['queue2other', 'ada@other.test'],
    ] as const) {
      const messageId = `${traceId}@far.test`;
      recordEvent({ traceId, kind: 'received', sender: 'x@far.test', recipient, messageId });
    }
    await flushTrail();
    own = await db.domain.findMany({
      where: { name: 'own.test' },
      select: { id: true, name: true },
    });
  });
  after(() => database?.close());

  const find = async (role: Role, text: string) => {
    const scope = role === 'admin' ? ('all' as const) : own;
    const staff: Staff = { id: 's', address: 's@own.test', role, scope };
    return (await findThings(staff, text)).map(({ kind, label }) => `${kind} ${label}`).sort();
  };

  const cases: [why: string, role: Role, text: string, found: string[]][] = [
    ['nothing for nothing', 'admin', ' ', []],
    [
      'users and aliases by the beginning',
      'admin',
      'ADA',
      ['alias adam@other.test', 'alias adam@own.test', 'user ada@other.test', 'user ada@own.test'],
    ],
    [
      'users by a part of their names',
      'admin',
      'lovel',
      ['user ada@other.test', 'user ada@own.test'],
    ],
    [
      'those of own domains alone',
      'domain-admin',
      'ada',
      ['alias adam@own.test', 'user ada@own.test'],
    ],
    ['names of own domains alone', 'domain-admin', 'lovel', ['user ada@own.test']],
    ['no aliases for the help desk', 'help-desk', 'ada', ['user ada@own.test']],
    ['nothing for users', 'user', 'ada', []],
    ['domains', 'admin', 'o', ['domain other.test', 'domain own.test']],
    ['own domains', 'domain-admin', 'o', ['domain own.test']],
    ['a message by its id here', 'admin', 'queue2other', ['message x@far.test → ada@other.test']],
    [
      'a message by its Message-ID',
      'admin',
      '<queue1own@far.test>',
      ['message x@far.test → ada@own.test'],
    ],
    ['no message of others', 'help-desk', 'queue2other', []],
    ['an own message', 'help-desk', 'queue1own', ['message x@far.test → ada@own.test']],
    [
      'messages of an address, in own domains',
      'help-desk',
      'x@far.test',
      ['message x@far.test → ada@own.test'],
    ],
    ['no wildcard of the database', 'admin', '%', []],
  ];
  for (const [why, role, text, found] of cases) {
    it(why, async () => assert.deepEqual(await find(role, text), found));
  }

  const pages: [why: string, role: Role, text: string, first: string][] = [
    ['a page by its name', 'admin', 'queue', 'page Queue'],
    ['a page by what Postfix people say', 'admin', 'mailq', 'page Queue'],
    ['a setting by its Postfix name', 'admin', 'smtpd_banner', 'setting Greeting'],
    ['a setting by its key', 'admin', 'backup.folder', 'setting Folder'],
    ['a page of the own role', 'help-desk', 'users', 'page Users'],
    ['a name without a meaning here', 'admin', 'home_mailbox', 'setting home_mailbox'],
    ['in whatever case', 'admin', 'INDEX', 'setting INDEX'],
    ['a letter missing', 'admin', 'messge_size_limit', 'setting Largest message'],
    ['two letters swapped', 'admin', 'smptd_banner', 'setting Greeting'],
    ['a letter missing in the name of a page', 'admin', 'mynetwrks', 'page Networks'],
    ['blanks for underscores', 'admin', 'smtpd baner', 'setting Greeting'],
    ['words of several of its names', 'admin', 'greeting banner', 'setting Greeting'],
  ];
  for (const [why, role, text, first] of pages) {
    it(why, () => {
      const [found] = findPages(role, text);
      assert.equal(`${found?.kind} ${found?.label}`, first);
    });
  }

  it('no page and no setting that the role may not see', () => {
    assert.deepEqual(findPages('help-desk', 'backup'), []);
    assert.deepEqual(findPages('help-desk', 'smtpd_banner'), []);
    assert.deepEqual(findPages('help-desk', 'smptd_banner'), []);
    assert.deepEqual(findPages('admin', 'nothing is called so'), []);
    assert.deepEqual(findPages('admin', ' '), []);
  });
});
