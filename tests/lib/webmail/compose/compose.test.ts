// What leaves the composer: checks of what a browser sent, the bytes, Bcc, format=flowed, drafts.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { isRefusal } from '#lib/errors.ts';
import { computeFacts } from '#lib/mail/facts.ts';
import {
  checkRecipients,
  composeMessage,
  parseOrigin,
  readOutgoing,
  toFlowed,
  withoutBcc,
} from '#lib/webmail/compose/compose.ts';
import { toTextBlocks } from '#lib/webmail/reader/text-blocks.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const own = { addresses: ['ann@example.test', 'info@example.test'], name: 'Ann' };
const accountId = 'A'.repeat(24);
const people = (...addresses: string[]) => addresses.map((address) => ({ name: '', address }));

describe('readOutgoing', () => {
  it('takes only one’s own addresses as sender', () => {
    assert.equal(
      readOutgoing({ from: 'INFO@example.test' }, own).from.address,
      'info@example.test',
    );
    assert.throws(
      () => readOutgoing({ from: 'boss@example.test' }, own),
      (error) => isRefusal(error, 'forbidden'),
    );
  });

  it('makes one line of a subject and a name', () => {
    const outgoing = readOutgoing(
      { subject: 'a\r\nBcc: x@y.example', to: [{ name: 'B\r\nX: y', address: 'b@c.example' }] },
      own,
    );
    assert.doesNotMatch(outgoing.subject + outgoing.to[0]!.name, /[\r\n]/);
  });

  it('drops what is no Message-ID and no origin', () => {
    const outgoing = readOutgoing(
      {
        inReplyTo: 'x\r\ny',
        references: ['<a@b>', 3, '<a b>'],
        origin: { kind: 'x', folder: 'I', uid: 1 },
      },
      own,
    );
    assert.deepEqual(
      [outgoing.inReplyTo, outgoing.references, outgoing.origin],
      ['', ['<a@b>'], null],
    );
  });

  it('survives anything', () => {
    for (const input of [null, 1, [], { to: 'x' }, { references: {} }, { attachments: [1] }]) {
      readOutgoing(input, own);
    }
    assert.throws(() => readOutgoing({ to: [{ address: 5 }] }, own));
    assert.throws(() => readOutgoing({ to: people(...Array(501).fill('a@b.example')) }, own));
  });
});

describe('checkRecipients', () => {
  it('wants one, and only addresses', () => {
    const bad = (to: unknown) =>
      assert.throws(
        () => checkRecipients(readOutgoing({ to }, own)),
        (error) => isRefusal(error, 'invalid'),
      );
    bad([]);
    bad(people('no address'));
    bad(people('a@b.example', 'a@b@c'));
    checkRecipients(readOutgoing({ bcc: people('ok@b.example') }, own));
  });
});

describe('composeMessage', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.close());

  it('keeps Bcc for Sent, and nothing of it leaves', async () => {
    const outgoing = readOutgoing(
      { to: people('b@c.example'), bcc: people('secret@d.example', 'B@c.example'), subject: 'Hi' },
      own,
    );
    const { bytes, recipients } = await composeMessage(accountId, outgoing, { isDraft: false });
    assert.match(bytes.toString(), /^Bcc: secret@d\.example/m);
    assert.doesNotMatch(withoutBcc(bytes).toString(), /secret/);
    assert.deepEqual(recipients.sort(), ['b@c.example', 'secret@d.example']);
  });

  it('attaches files under their names, the text first', async () => {
    const { storeUpload } = await import('#lib/webmail/compose/uploads.ts');
    const file = { fileName: '写真 1.png', type: 'image/png' };
    const upload = await storeUpload(accountId, file, Readable.from([Buffer.from('bytes')]));
    const outgoing = readOutgoing({ to: people('b@c.example'), attachments: [upload.id] }, own);
    const { bytes } = await composeMessage(accountId, outgoing, { isDraft: false });
    const facts = computeFacts(bytes);
    assert.match(facts.bodyStructure.toString(), /"text" "plain".*format.*flowed.*"image" "png"/is);
  });

  it('refuses the file of somebody else', async () => {
    const { storeUpload } = await import('#lib/webmail/compose/uploads.ts');
    const file = { fileName: 'a', type: 'text/plain' };
    const upload = await storeUpload('B'.repeat(24), file, Readable.from(['x']));
    const outgoing = readOutgoing({ attachments: [upload.id, '../../etc/passwd'] }, own);
    await assert.rejects(composeMessage(accountId, outgoing, { isDraft: true }), (error) =>
      isRefusal(error, 'not-found'),
    );
  });

  it('remembers in a draft, and only there, what it answers', async () => {
    const origin = { kind: 'reply', folder: 'Projekte/Über uns', uid: 12 };
    const outgoing = readOutgoing({ origin, text: 'x' }, own);
    const draft = (await composeMessage(accountId, outgoing, { isDraft: true })).bytes.toString();
    const value = /^X-Drey-Origin: ((?:.|\r\n )+)$/m.exec(draft)?.[1] ?? '';
    assert.deepEqual(parseOrigin(value), origin);
    const sent = (await composeMessage(accountId, outgoing, { isDraft: false })).bytes.toString();
    assert.doesNotMatch(sent, /X-Drey-Origin/i);
  });
});

describe('toFlowed', () => {
  it('comes back as it was, once joined again', () => {
    const text = `${'word '.repeat(60).trim()}\n\n  indented\nFrom here\n> quoted line\n-- \nAnn`;
    const shown = JSON.stringify(toTextBlocks(toFlowed(text), { isDelSp: false }));
    assert.match(shown, new RegExp('word '.repeat(60).trim()));
    assert.match(shown, /"kind":"quote"/);
    assert.match(shown, /"kind":"signature"/);
    assert.match(shown, /\\nFrom here/);
  });

  it('breaks no line longer than 78 characters where there are blanks', () => {
    for (const line of toFlowed('word '.repeat(200)).split('\r\n')) assert.ok(line.length <= 78);
  });
});
