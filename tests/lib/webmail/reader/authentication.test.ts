// Whose Authentication-Results are believed, and what is read in them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHeaderFields } from '#lib/mail/header.ts';
import { listSignedFields, readAuthentication } from '#lib/webmail/reader/authentication.ts';

const fieldsOf = (...lines: string[]) =>
  parseHeaderFields(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
const own = 'mx.here.test';
const ours = `Authentication-Results: ${own}; spf=pass smtp.mailfrom=a.test; dkim=pass header.d=a.test; dmarc=pass header.from=a.test`;

describe('readAuthentication', () => {
  const cases: [why: string, lines: string[], dmarc: string | null][] = [
    ['ours on top', [ours, `Received: from x by ${own}; today`], 'pass'],
    ['ours below our Received', [`Received: from x by ${own}; today`, ours], 'pass'],
    ['one of another name', [ours.replace(own, 'mx.evil.test')], null],
    ['ours in another case', [ours.replace(own, own.toUpperCase())], 'pass'],
    [
      'a forged one below the Received of another server',
      ['Received: from x by other.test; today', ours],
      null,
    ],
    ['a forged one below ours', [ours.replace('dmarc=pass', 'dmarc=fail'), ours], 'fail'],
    ['a name that only begins like ours', [ours.replace(own, `${own}.evil.test`)], null],
    [
      'pass in a comment',
      [`Authentication-Results: ${own}; dmarc=fail (dmarc=pass; dmarc=pass) header.from=a.test`],
      'fail',
    ],
    [
      'pass in quotes',
      [`Authentication-Results: ${own}; dmarc=none reason="; dmarc=pass"`],
      'none',
    ],
    [
      'an open comment',
      [`Authentication-Results: ${own}; dmarc=none (never closed; dmarc=pass`],
      'none',
    ],
    ['folded', [`Authentication-Results: ${own};\r\n dmarc=pass\r\n header.from=a.test`], 'pass'],
    ['temporary error', [`Authentication-Results: ${own}; dmarc=temperror`], 'error'],
    ['nothing', ['Subject: dmarc=pass'], null],
  ];
  for (const [why, lines, expected] of cases) {
    it(why, () => {
      const found = readAuthentication(fieldsOf(...lines), own);
      assert.equal(found?.dmarc.outcome ?? null, expected);
    });
  }
  it('lists domains whose signature is valid, and the fields they cover', () => {
    const fields = fieldsOf(
      ours,
      'DKIM-Signature: v=1; d=a.test; s=x; h=From:List-Unsubscribe; b=x',
      'DKIM-Signature: v=1; d=evil.test; h=List-Unsubscribe-Post; b=x',
    );
    const found = readAuthentication(fields, own);
    assert.deepEqual(found?.signedBy, ['a.test']);
    const covered = listSignedFields(fields, found?.signedBy ?? []);
    assert.ok(covered.has('list-unsubscribe') && !covered.has('list-unsubscribe-post'));
  });
});
