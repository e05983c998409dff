// A signature is what others verify: each case is checked by mailauth, which verifies incoming mail here too.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { makeRecord } from '#lib/accounts/dkim-record.ts';
import { parseHeaderFields, splitHeader } from '#lib/mail/header.ts';
import { hashBody, RelaxedHash, relaxField } from '#server/delivery/sign/relaxed.ts';
import { coverFields, makeSignature } from '#server/delivery/sign/signature.ts';

const at = new Date();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = generateKeyPairSync('ed25519');
const signers = [
  { algorithm: 'rsa', selector: 'r1', key: rsa.privateKey },
  { algorithm: 'ed25519', selector: 'e1', key: ed25519.privateKey },
] as const;
const publicKeys = {
  rsa: rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  ed25519: Buffer.from(ed25519.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString(
    'base64',
  ),
};
const records = signers.map(({ algorithm, selector }) =>
  makeRecord('own.test', { algorithm, selector, publicKey: publicKeys[algorithm] }),
);

async function signText(text: string): Promise<string> {
  const bytes = Buffer.from(text, 'latin1');
  const { header, bodyStart } = splitHeader(bytes);
  const covered = coverFields(parseHeaderFields(header));
  assert.ok(covered);
  const bodyHash = await hashBody(bytes.subarray(bodyStart));
  const fields = await Promise.all(
    signers.map((signer) =>
      makeSignature({ ...signer, domain: 'own.test' }, covered, bodyHash, at),
    ),
  );
  return fields.join('') + text;
}

async function verify(text: string): Promise<string[]> {
  const resolver = async (name: string) => {
    const record = records.find((one) => one.name === name);
    if (!record) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return [[record.value]];
  };
  const { results } = await dkimVerify(Buffer.from(text, 'latin1'), { resolver } as never);
  return results.map(({ status }) => status.result);
}

const head = 'From: Ada <ada@own.test>\r\nTo: ben@far.test\r\nSubject: hello\r\n';

describe('signatures', () => {
  const messages: [string, string][] = [
    ['a plain mail', `${head}\r\nbody\r\n`],
    ['no body and no empty line', head],
    ['an empty body', `${head}\r\n`],
    ['empty lines only', `${head}\r\n\r\n\r\n\r\n`],
    ['blanks only', `${head}\r\n  \t \r\n\t\r\n`],
    ['no newline at the end', `${head}\r\nbody`],
    ['a blank at the end', `${head}\r\nbody \t`],
    ['blanks and tabs', `${head}\r\n  a \t b  \r\n\r\n\tc\t\r\n \r\nd\r\n\r\n\r\n`],
    [
      'folded and spaced fields',
      `${head}Cc :  a@far.test,\r\n\t b@far.test  \r\nX: y\r\n\r\nb\r\n`,
    ],
    ['a field twice', `${head}References: <a>\r\nReferences: <b>\r\nList-Id: x\r\n\r\nbody\r\n`],
    ['eight bits', `${head}Reply-To: \xc3\xa9@own.test\r\n\r\ngr\xc3\xbc\xdfe\r\n`],
    ['an empty field', `${head}Cc:\r\nDate: \r\n\r\nbody\r\n`],
    ['a dot alone', `${head}\r\n.\r\n..\r\nFrom: x\r\n`],
    ['200 KB', `${head}\r\n${'a line of  text \r\n'.repeat(11_000)}\r\n`],
    ['200 KB of empty lines', `${head}\r\na\r\n${'\r\n'.repeat(100_000)}b\r\n`],
  ];
  for (const [name, text] of messages) {
    it(`are good: ${name}`, async () => {
      assert.deepEqual(await verify(await signText(text)), ['pass', 'pass']);
    });
  }

  it('do not break by what may change on the way', async () => {
    const signed = await signText(`${head}\r\nsome  text\r\n`);
    const changed = signed
      .replace('Subject: hello', 'SUBJECT:\r\n\thello ')
      .replace('some  text', 'some text ');
    const passed = `Received: from x\r\nX-New: y\r\n${changed}\r\n\r\n`;
    assert.deepEqual(await verify(passed), ['pass', 'pass']);
  });

  const changes: [string, string, string][] = [
    ['another subject', 'Subject: hello', 'Subject: hullo'],
    ['another body', '\r\n\r\nbody', '\r\n\r\nbodies'],
    ['a second From before', 'From: Ada', 'From: <eve@far.test>\r\nFrom: Ada'],
    ['a second Subject behind', 'Subject: hello', 'Subject: hello\r\nSubject: eve'],
    ['a Cc that was not there', 'Subject', 'Cc: eve@far.test\r\nSubject'],
    ['another type of content', 'Subject', 'Content-Type: text/html\r\nSubject'],
    ['another place to reply to', 'Subject', 'Reply-To: eve@far.test\r\nSubject'],
  ];
  for (const [name, from, to] of changes) {
    it(`are bad with ${name}`, async () => {
      const signed = await signText(`${head}\r\nbody\r\n`);
      const changed = signed.replace(from, to);
      assert.notEqual(changed, signed);
      for (const result of await verify(changed)) assert.notEqual(result, 'pass');
    });
  }

  it('stand in lines of at most 78 characters', async () => {
    for (const more of ['', 'Date: x\r\nSender: y\r\n', 'List-Id: x\r\n'.repeat(20)]) {
      const signed = await signText(`${head}${more}\r\nbody\r\n`);
      const lines = signed.slice(0, signed.indexOf('From: Ada')).split('\r\n');
      for (const line of lines) assert.ok(line.length <= 78, line);
      assert.match(signed, /h=from:from:to:to:cc:subject:subject:date:/);
      assert.deepEqual(await verify(signed), ['pass', 'pass']);
    }
  });

  it('need one author', () => {
    const cover = (text: string) => coverFields(parseHeaderFields(Buffer.from(text)));
    assert.equal(cover('To: a@far.test\r\n\r\n'), null);
    assert.equal(cover('From: a@own.test\r\nFrom: b@own.test\r\n\r\n'), null);
    assert.equal(cover(`${head}${'List-Id: x\r\n'.repeat(300)}\r\n`), null);
  });

  it('hash a body the same however it is cut', () => {
    const body = Buffer.from(' a \t b \r\n\r\n\r\n \r\n c\r\nd \t\r\n\r\n ');
    const wanted = createHash('sha256').update(' a b\r\n\r\n\r\n\r\n c\r\nd\r\n').digest('base64');
    for (let first = 0; first <= body.length; first++) {
      for (let second = first; second <= body.length; second++) {
        const hash = new RelaxedHash();
        hash.update(body.subarray(0, first));
        hash.update(body.subarray(first, second));
        hash.update(body.subarray(second));
        assert.equal(hash.digest(), wanted, `${first} ${second}`);
      }
    }
  });

  it('relax a field (RFC 6376 §3.4.2)', () => {
    assert.equal(relaxField('a', ' X'), 'a:X');
    assert.equal(relaxField('b', ' Y\t\r\n\tZ  '), 'b:Y Z');
  });
});
