// What rules find in texts and attachments, decoded, and what hides there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look } from '#server/smtp/content/look.ts';
import { isZip, listZipNames } from '#server/smtp/content/zip-names.ts';
import { makeZip } from './zip.ts';

function message(type: string, body: string, more = ''): Buffer {
  return Buffer.from(`Subject: x\r\nContent-Type: ${type}\r\n${more}\r\n${body}\r\n`);
}

const base64 = (bytes: Buffer | string) =>
  Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n');

const texts: [string, Buffer, string, boolean][] = [
  ['plain', message('text/plain', 'one\r\nBuy cheap watches now'), 'cheap watches', true],
  ['stars may stand around it', message('text/plain', 'cheap watches'), '*cheap*watches*', true],
  ['one line at a time', message('text/plain', 'cheap\r\nwatches'), 'cheap*watches', false],
  [
    'base64',
    message('text/plain', base64('cheap watches'), 'Content-Transfer-Encoding: base64\r\n'),
    'cheap watches',
    true,
  ],
  [
    'quoted-printable, over a soft line break',
    message(
      'text/plain; charset=utf-8',
      'ch=65=\r\nap uhr=C3=A4n',
      'Content-Transfer-Encoding: quoted-printable\r\n',
    ),
    'cheap uhrän',
    true,
  ],
  [
    'UTF-16',
    message(
      'text/plain; charset=utf-16le',
      base64(Buffer.from('cheap', 'utf16le')),
      'Content-Transfer-Encoding: base64\r\n',
    ),
    'cheap',
    true,
  ],
  [
    'links of HTML',
    message('text/html', '<a href="https://bad.test/x">here</a>'),
    '*//bad.test/*',
    true,
  ],
  [
    'HTML as it is read',
    message('text/html', 'che<b></b>ap wat<!-- x -->ches'),
    'cheap watches',
    true,
  ],
  [
    'a message within',
    message('message/rfc822', 'Subject: y\r\n\r\ncheap watches'),
    'cheap watches',
    true,
  ],
  ['not the header', message('text/plain', 'x', 'X-A: cheap watches\r\n'), 'cheap watches', false],
];

for (const [name, bytes, pattern, isThere] of texts) {
  test(`text: ${name}`, async () => {
    const found = await look(bytes, { lines: ['never there', pattern], names: [] });
    assert.deepEqual(found.lines, isThere ? [1] : []);
  });
}

const attach = (fields: string, bytes: Buffer | string = 'x') =>
  Buffer.from(
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n--b\r\n${fields}Content-Transfer-Encoding: base64\r\n\r\n${base64(bytes)}\r\n--b--\r\n`,
  );
const named = (name: string, type = 'application/octet-stream') =>
  `Content-Type: ${type}\r\nContent-Disposition: attachment; filename="${name}"\r\n`;

const names: [string, Buffer, string, string | null][] = [
  ['by name', attach(named('run.EXE')), '*.exe', 'run.EXE'],
  ['not by part of it', attach(named('run.exe.txt')), '*.exe', null],
  ['dots and blanks at the end', attach(named('run.exe. .')), '*.exe', 'run.exe'],
  [
    'by type',
    attach(named('a', 'application/x-msdownload')),
    'application/x-msdownload',
    'application/x-msdownload',
  ],
  [
    'the other name',
    attach(
      'Content-Type: application/x; name="run.exe"\r\nContent-Disposition: attachment; filename="a.txt"\r\n',
    ),
    '*.exe',
    'run.exe',
  ],
  [
    'RFC 2231',
    attach(
      "Content-Type: a/b\r\nContent-Disposition: attachment; filename*0*=utf-8''run%2e; filename*1*=exe\r\n",
    ),
    '*.exe',
    'run.exe',
  ],
  ['an encoded word', attach(named('=?utf-8?B?cnVuLmV4ZQ==?=')), '*.exe', 'run.exe'],
  ['in an archive', attach(named('a.zip'), makeZip(['x/y.txt', 'x/run.exe'])), '*.exe', 'run.exe'],
  [
    'in an archive called otherwise',
    attach(named('a.dat'), makeZip(['run.exe'])),
    '*.exe',
    'run.exe',
  ],
  ['in a broken archive', attach(named('a.zip'), makeZip(['run.exe'], true)), '*.exe', 'run.exe'],
  ['not in a picture', attach(named('a.jpg'), Buffer.alloc(5000, 1)), '*.exe', null],
];

for (const [name, bytes, pattern, expected] of names) {
  test(`attachment: ${name}`, async () => {
    const found = await look(bytes, { lines: [], names: ['*.never', pattern] });
    assert.deepEqual(found.names, expected === null ? [] : [{ index: 1, name: expected }]);
  });
}

test('archives that lie about themselves', () => {
  const good = makeZip(['a.txt', 'b/c.exe']);
  for (let cut = 0; cut < good.length; cut++) listZipNames(good.subarray(0, cut));
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good);
    bad[at] = 0xff;
    assert.ok(listZipNames(bad).length <= 2000);
  }
  assert.equal(isZip(Buffer.from('PK')), false);
  assert.equal(listZipNames(makeZip(Array.from({ length: 9000 }, (_, n) => `n${n}`))).length, 2000);
});
