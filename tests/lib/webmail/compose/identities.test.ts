// Identities and templates are their owner's alone; SquirrelMail's file; the folder of copies; Resent fields.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { isRefusal, type RefusalReason } from '#lib/errors.ts';
import {
  addIdentity,
  findIdentity,
  listIdentities,
  listStored,
  putIdentityFirst,
  removeIdentity,
  updateIdentity,
} from '#lib/webmail/compose/identities.ts';
import { addResentFields } from '#lib/webmail/compose/redirect.ts';
import { splitName } from '#lib/webmail/compose/sent-folder.ts';
import { importIdentities, parseSquirrelPreferences } from '#lib/webmail/compose/squirrelmail.ts';
import {
  addTemplate,
  listTemplates,
  removeTemplate,
  updateTemplate,
} from '#lib/webmail/compose/templates.ts';
import { openTestDatabase } from '#tests/support/database.ts';

type Owner = { id: string; address: string; displayName: string };
const refuses = (work: Promise<unknown>, reason: RefusalReason) =>
  assert.rejects(work, (error) => isRefusal(error, reason));

describe('what an account writes with', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let ann: Owner;
  let ben: Owner;

  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, 'test');
    const password = 'a boat of seven nuts';
    ann = await addAccount({ address: 'ann@example.test', password, displayName: 'Ann' }, 'test');
    ben = await addAccount(
      { address: 'ben@example.test', password: 'three quiet squirrels', displayName: 'Ben' },
      'test',
    );
  });
  after(() => database.close());

  it('is there before anything is stored', async () => {
    const [only, ...more] = await listIdentities(ann);
    assert.deepEqual(
      [only?.id, only?.name, only?.address, more.length],
      ['', 'Ann', ann.address, 0],
    );
  });

  it('is one’s own alone', async () => {
    const id = await addIdentity(ann, { name: 'A', address: ann.address });
    await refuses(updateIdentity(ben, id, { name: 'B', address: ben.address }), 'not-found');
    await refuses(removeIdentity(ben.id, id), 'not-found');
    await refuses(putIdentityFirst(ben.id, id), 'not-found');
    await refuses(addIdentity(ann, { address: ben.address }), 'forbidden');
    await refuses(addIdentity(ann, { address: 'nobody' }), 'invalid');
    await refuses(addIdentity(ann, { address: ann.address, bcc: 'nobody' }), 'invalid');
    await refuses(findIdentity(ben, id, ann.address), 'forbidden');
    const template = await addTemplate(ann.id, { name: 'T', text: 'x' });
    await refuses(updateTemplate(ben.id, template, { name: 'B' }), 'not-found');
    await refuses(removeTemplate(ben.id, template), 'not-found');
    assert.deepEqual(await listTemplates(ben.id), []);
    await removeTemplate(ann.id, template);
    await removeIdentity(ann.id, id);
  });

  it('keeps an order, and signatures without scripts', async () => {
    const first = await addIdentity(ann, { name: 'One', address: ann.address });
    const signatureHtml = '<table bgcolor="#eee"><tr><td>Two<script>x</script></td></tr></table>';
    const second = await addIdentity(ann, {
      ...{ name: 'Two\r\nBcc: x', address: 'ann+two@example.test', signatureHtml },
    });
    await putIdentityFirst(ann.id, second);
    const stored = await listStored(ann.id);
    assert.deepEqual(
      stored.map(({ id }) => id),
      [second, first],
    );
    assert.equal(stored[0]?.name, 'Two Bcc: x');
    assert.equal(stored[0]?.signatureHtml, '<table bgcolor="#eee"><tr><td>Two</td></tr></table>');
    assert.equal((await findIdentity(ann, second, 'ANN+two@example.test')).id, second);
  });

  it('wants a name of a template, and cleans it', async () => {
    await refuses(addTemplate(ann.id, { name: ' ' }), 'invalid');
    const html =
      '<b onclick="x">Hello</b> <img src="/api/mail/upload?id=aaaaaaaaaaaaaaaaaaaaaaaa">';
    await addTemplate(ann.id, { name: 'Hi', html });
    const [template] = await listTemplates(ann.id);
    assert.deepEqual([template?.html, template?.text], ['<b>Hello</b> ', 'Hello']);
  });

  it('comes from SquirrelMail', async () => {
    const file =
      'full_name=Ann Lee\nemail_address=ann@example.test\nreply_to=\nsignature=Yours, Ann\nidentities=3\n' +
      'full_name1=Desk\nemail_address1=ann+desk@example.test\nfull_name2=Boss\nemail_address2=ben@example.test\n';
    assert.deepEqual(parseSquirrelPreferences(file)[0], {
      ...{ name: 'Ann Lee', address: 'ann@example.test', replyTo: '', signature: 'Yours, Ann' },
    });
    assert.equal(await importIdentities(ann, file), 1);
    assert.equal(await importIdentities(ann, file), 0);
    assert.deepEqual(parseSquirrelPreferences('='.repeat(1000)), []);
  });
});

describe('splitName', () => {
  const at = new Date('2026-11-21T12:00:00Z');
  for (const [split, name] of [
    ['none', null],
    ['month', '2026-11'],
    ['quarter', '2026-Q4'],
    ['year', '2026'],
  ] as const) {
    it(split, () => assert.equal(splitName(at, split), name));
  }
});

describe('addResentFields', () => {
  it('stands above the message and leaves its bytes alone', () => {
    const message = Buffer.from('From: zoe@far.test\r\nBcc: x@y\r\nSubject: Hi\r\n\r\n\0bytes\r\n');
    const text = addResentFields(message, {
      from: { name: 'Ann\r\nX: y', address: 'ann@example.test' },
      to: [{ name: '', address: 'ben@example.test' }],
      at: new Date('2026-11-21T12:00:00Z'),
      messageId: '<1@example.test>',
    }).toString();
    assert.match(
      text,
      /^Resent-From: "Ann X: y" <ann@example\.test>\r\nResent-To: ben@example\.test\r\nResent-Date: Sat, 21 Nov 2026 12:00:00 \+0000\r\nResent-Message-ID: <1@example\.test>\r\nFrom:/,
    );
    assert.ok(text.endsWith('Subject: Hi\r\n\r\n\0bytes\r\n'));
  });
});
