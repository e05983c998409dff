// What leaves the composer: checks of what a browser sent, the bytes, Bcc, HTML with its text, drafts.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { isRefusal } from '#lib/errors.ts';
import { computeFacts } from '#lib/mail/facts.ts';
import { parseHeaderFields, splitHeader } from '#lib/mail/header.ts';
import { splitBody, toEditorHtml } from '#lib/webmail/compose/body.ts';
import { composeMessage, withoutBcc } from '#lib/webmail/compose/compose.ts';
import { parseDraftField, parseOrigin } from '#lib/webmail/compose/draft-fields.ts';
import { addIdentity, listIdentities } from '#lib/webmail/compose/identities.ts';
import { checkRecipients, readOutgoing } from '#lib/webmail/compose/outgoing.ts';
import { storeQuote } from '#lib/webmail/compose/quotes.ts';
import { findUpload, renameUpload, storeUpload } from '#lib/webmail/compose/uploads.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const people = (...addresses: string[]) => addresses.map((address) => ({ name: '', address }));

describe('a message being written', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let ann: { id: string; address: string; displayName: string };
  const read = (input: unknown) => readOutgoing(input, ann);
  const compose = async (input: unknown, isDraft = false) =>
    composeMessage(ann.id, await read(input), { isDraft });

  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, 'test');
    const input = { password: 'a boat of seven nuts', displayName: 'Ann' };
    ann = await addAccount({ address: 'ann@example.test', ...input }, 'test');
  });
  after(() => database.close());

  it('has a sender of one’s own: an address, a detail of it, an identity', async () => {
    assert.equal((await read({ from: 'ANN@example.test' })).from.address, 'ann@example.test');
    assert.equal((await read({ from: 'ann+x@example.test' })).from.address, 'ann+x@example.test');
    const id = await addIdentity(ann, { name: 'The desk', address: 'ann+desk@example.test' });
    const { from } = await read({ identity: id, from: 'ann+desk@example.test' });
    assert.deepEqual(from, { name: 'The desk', address: 'ann+desk@example.test' });
    assert.deepEqual(
      (await listIdentities(ann)).map(({ address }) => address),
      ['ann+desk@example.test', 'ann@example.test'],
    );
    await assert.rejects(read({ from: 'boss@example.test' }), (error) =>
      isRefusal(error, 'forbidden'),
    );
  });

  it('has files that get other names, of one line and without a path', async () => {
    const file = { fileName: 'a.txt', type: 'text/plain' };
    const { id } = await storeUpload(ann.id, file, Readable.from([Buffer.from('a')]));
    for (const [wished, kept] of [
      ['the plan.txt', 'the plan.txt'],
      ['../../etc/passwd', '_.._etc_passwd'],
      ['b\r\nX: y', 'bX_ y'],
      ['x'.repeat(2000), 'x'.repeat(150)],
    ] as const) {
      assert.equal((await renameUpload(ann.id, id, wished)).fileName, kept);
      assert.equal((await findUpload(ann.id, id)).fileName, kept);
    }
    await assert.rejects(renameUpload(ann.id, id, ' '), (error) => isRefusal(error, 'invalid'));
    await assert.rejects(renameUpload('somebody', id, 'mine'), (error) =>
      isRefusal(error, 'not-found'),
    );
  });

  it('has one line of a subject and a name', async () => {
    const outgoing = await read({
      subject: 'a\r\nBcc: x@y.example',
      to: [{ name: 'B\r\nX: y', address: 'b@c.example' }],
    });
    assert.doesNotMatch(outgoing.subject + outgoing.to[0]!.name, /[\r\n]/);
  });

  it('drops what is no Message-ID, no origin and no quote', async () => {
    const outgoing = await read({
      inReplyTo: 'x\r\ny',
      references: ['<a@b>', 3, '<a b>'],
      origin: { kind: 'x', folder: 'I', uids: [1] },
      quote: { id: '../../etc/passwd' },
    });
    assert.deepEqual(
      [outgoing.inReplyTo, outgoing.references, outgoing.origin, outgoing.quote],
      ['', ['<a@b>'], null, null],
    );
  });

  it('survives anything', async () => {
    const odd = [null, 1, [], { to: 'x' }, { references: {} }, { attachments: [1] }, { quote: 1 }];
    for (const input of odd) await read(input);
    await assert.rejects(read({ to: [{ address: 5 }] }));
    await assert.rejects(read({ to: people(...Array(501).fill('a@b.example')) }));
    await assert.rejects(read({ html: 'x'.repeat(3_000_000) }));
  });

  it('wants a recipient, and only addresses', async () => {
    for (const to of [[], people('no address'), people('a@b.example', 'a@b@c')]) {
      const outgoing = await read({ to });
      assert.throws(
        () => checkRecipients(outgoing),
        (error) => isRefusal(error, 'invalid'),
      );
    }
    checkRecipients(await read({ bcc: people('ok@b.example') }));
  });

  it('keeps Bcc for Sent, and nothing of it leaves', async () => {
    const { bytes, recipients } = await compose({
      ...{ to: people('b@c.example'), bcc: people('secret@d.example', 'B@c.example') },
      subject: 'Hi',
    });
    assert.match(bytes.toString(), /^Bcc: secret@d\.example/m);
    assert.doesNotMatch(withoutBcc(bytes).toString(), /secret/);
    assert.deepEqual(recipients.sort(), ['b@c.example', 'secret@d.example']);
  });

  it('says what it asks for: priority, receipt, another address for answers', async () => {
    const { bytes } = await compose({
      to: people('b@c.example'),
      priority: 'high',
      wantsReadReceipt: true,
      replyTo: people('desk@example.test'),
    });
    const text = bytes.toString();
    assert.match(text, /^Importance: high/m);
    assert.match(text, /^Disposition-Notification-To: Ann <ann@example\.test>/m);
    assert.match(text, /^Reply-To: desk@example\.test/m);
  });

  it('attaches files under their names, the text first', async () => {
    const file = { fileName: '写真 1.png', type: 'image/png' };
    const upload = await storeUpload(ann.id, file, Readable.from([Buffer.from('bytes')]));
    const { bytes } = await compose({ to: people('b@c.example'), attachments: [upload.id] });
    const structure = computeFacts(bytes).bodyStructure.toString();
    assert.match(structure, /"text" "plain".*format.*flowed.*"image" "png"/is);
  });

  it('refuses the file of somebody else', async () => {
    const file = { fileName: 'a', type: 'text/plain' };
    const upload = await storeUpload('B'.repeat(24), file, Readable.from(['x']));
    await assert.rejects(compose({ attachments: [upload.id, '../../etc/passwd'] }, true), (error) =>
      isRefusal(error, 'not-found'),
    );
  });

  it('sends HTML with its text beside it, its images inside, its scripts not at all', async () => {
    const file = { fileName: 'a.png', type: 'image/png' };
    const image = await storeUpload(ann.id, file, Readable.from([Buffer.from('png')]));
    const { bytes } = await compose({
      to: people('b@c.example'),
      isHtml: true,
      html: `<div>Dear <b>Ben</b> <img src="/api/mail/upload?id=${image.id}" onerror="x"></div>
        <script>alert(1)</script><ul><li>one</li></ul><a href="https://x.example/">site</a>`,
    });
    const structure = computeFacts(bytes).bodyStructure.toString();
    assert.match(
      structure,
      /"text" "plain".*"text" "html".*"image" "png".*"related"|"alternative"/is,
    );
    const text = bytes.toString();
    assert.doesNotMatch(text, /alert|onerror/);
    assert.match(text, /- one/);
    assert.match(text, /site <https:\/\/x\.example\/>/);
    assert.match(text, new RegExp(`Content-I[dD]: <${image.id}@example\\.test>`));
    assert.match(text, /format=flowed/);
  });

  it('sends what has no formats as text alone where that is wished', async () => {
    const outgoing = await read({
      to: people('b@c.example'),
      isHtml: true,
      html: '<div>one</div><div><br></div><div>two</div>',
    });
    const options = { isDraft: false, isPlainPreferred: true };
    const text = (await composeMessage(ann.id, outgoing, options)).bytes.toString();
    assert.doesNotMatch(text, /text\/html/);
    assert.match(text, /one\r\n\r\ntwo/);
  });

  it('keeps the sealed original whole, and a draft comes apart again', async () => {
    const sealed = '<style>p{color:red}</style><p style="color:red">Was &lt;b&gt;</p>';
    const id = await storeQuote(ann.id, sealed);
    for (const place of ['below', 'above'] as const) {
      const { bytes } = await compose(
        { isHtml: true, html: '<div>Mine</div>', quote: { id, place } },
        true,
      );
      const html = decodeHtml(bytes);
      const { written, quote } = splitBody(html);
      assert.equal(written, '<div>Mine</div>');
      assert.deepEqual(quote, { html: sealed, place });
    }
  });

  it('remembers in a draft, and only there, what it answers and how it is written', async () => {
    const origin = { kind: 'reply', folder: 'Projekte/Über uns', uids: [12, 14] };
    const input = { origin, text: 'x', priority: 'low', wantsDeliveryReceipt: true };
    const draft = (await compose(input, true)).bytes;
    const fields = parseHeaderFields(splitHeader(draft).header);
    const value = /^X-Drey-Origin: ((?:.|\r\n )+)$/m.exec(draft.toString())?.[1] ?? '';
    assert.deepEqual(parseOrigin(value), origin);
    assert.deepEqual(parseDraftField(fields), {
      identity: '',
      isHtml: false,
      priority: 'low',
      wantsReadReceipt: false,
      wantsDeliveryReceipt: true,
      keepBeside: false,
    });
    assert.doesNotMatch((await compose(input)).bytes.toString(), /X-Drey/i);
    assert.doesNotMatch(withoutBcc(draft).toString(), /X-Drey/i);
  });

  it('shows the editor images where it finds them', () => {
    const id = 'a'.repeat(24);
    assert.equal(
      toEditorHtml(`<img alt="x" src="cid:${id}" /><img src="https://x.example/1.png" />`),
      `<img alt="x" src="/api/mail/upload?id=${id}" /><img src="https://x.example/1.png" />`,
    );
  });
});

/** The HTML part of a message, decoded. */
function decodeHtml(bytes: Buffer): string {
  const [head = '', ...rest] = bytes
    .toString()
    .split(/\r\n----_NmP-[^\r\n]+\r\n/)
    .find((part) => /text\/html/.test(part))!
    .split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  if (!/quoted-printable/.test(head)) return body;
  return body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
