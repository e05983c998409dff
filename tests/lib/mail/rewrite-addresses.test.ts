// Addresses replaced in header fields: only where one fits, and never more than the address.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rewriteAddresses } from '#lib/mail/rewrite-addresses.ts';

const rewrite = (address: string) => {
  const [local, domain] = [address.slice(0, address.lastIndexOf('@')), address.split('@').pop()];
  return domain?.toLowerCase() === 'old.test' ? `${local}@new.test` : null;
};
const run = (header: string) =>
  rewriteAddresses(Buffer.from(header, 'latin1'), ['from', 'to'], rewrite).toString('latin1');

describe('rewriting header fields', () => {
  const changed: [from: string, to: string][] = [
    ['From: a@old.test\r\n', 'From: a@new.test\r\n'],
    ['FROM : A B <a@OLD.test>\r\n', 'FROM: A B <a@new.test>\r\n'],
    ['From: "x@old.test" <a@old.test>\r\n', 'From: "x@old.test" <a@new.test>\r\n'],
    ['To: a@old.test, b@other.test\r\n', 'To: a@new.test, b@other.test\r\n'],
    ['To: G: a@old.test, b@x.test;, c@x.test\r\n', 'To: G: a@new.test, b@x.test;, c@x.test\r\n'],
    ['To: G: a@old.test;\r\n', 'To: G: a@new.test;\r\n'],
    ['To: a@old.test,\r\n\tb@old.test\r\n', 'To: a@new.test, b@new.test\r\n'],
    [
      'X: 1\r\nTo: a@old.test\r\nSubject: a@old.test\r\n\r\n',
      'X: 1\r\nTo: a@new.test\r\nSubject: a@old.test\r\n\r\n',
    ],
  ];
  for (const [from, to] of changed) it(JSON.stringify(from), () => assert.equal(run(from), to));

  const kept = [
    'Subject: a@old.test\r\n',
    'To: a@other.test (old.test)\r\n',
    'To: "a@old.test"@other.test\r\n',
    'To:  odd   spacing <a@other.test>\r\n',
    'From: \xff\xfe <a@other.test>\r\n',
    'To: undisclosed-recipients:;\r\n',
    'no field at all\r\n',
    '',
  ];
  for (const header of kept) {
    it(`keeps ${JSON.stringify(header)}`, () => assert.equal(run(header), header));
  }

  it('leaves a field alone that is too long to be read whole', () => {
    const header = `To: ${'b@other.test, '.repeat(30_000)}a@old.test\r\n`;
    assert.equal(run(header), header);
  });
});
