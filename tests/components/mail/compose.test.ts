// The pure parts of the composer: checks before sending, odd domains, mailto links, addresses of links.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findDoubts, findProblem, hasContent, ownWords } from '#components/mail/compose/checks.ts';
import { fillForm } from '#components/mail/compose/fill-form.ts';
import { completeLink } from '#components/mail/compose/link.ts';
import { parseMailto } from '#components/mail/compose/mailto.ts';
import { findOddDomain } from '#components/mail/compose/odd-domain.ts';
import { type ComposeForm, emptyForm } from '#lib/webmail/compose/form.ts';

const person = (address: string) => ({ name: '', address });
const form = (change: Partial<ComposeForm> = {}): ComposeForm => ({
  ...emptyForm('ann@example.test'),
  to: [person('b@c.example')],
  subject: 'Hi',
  ...change,
});
const wishes = { remindsOfFiles: true, manyRecipients: 3, languages: ['en'] };

describe('findProblem', () => {
  const cases: [why: string, change: Partial<ComposeForm>, hasBadFile: boolean, kind?: string][] = [
    ['nothing', {}, false],
    ['no recipient', { to: [] }, false, 'noRecipient'],
    ['a hidden recipient is one', { to: [], bcc: [person('a@b.example')] }, false],
    ['a bad address', { cc: [person('nobody')] }, false, 'badAddress'],
    ['a bad address for answers', { replyTo: [person('x y@z')] }, false, 'badAddress'],
    ['a file that failed', {}, true, 'badFile'],
  ];
  for (const [why, change, hasBadFile, kind] of cases) {
    it(why, () => assert.equal(findProblem(form(change), hasBadFile)?.kind, kind));
  }
});

describe('findDoubts', () => {
  const cases: [text: string, languages: string[], isDoubtful: boolean][] = [
    ['The contract is attached.', ['en'], true],
    ['Please find enclosed', ['de'], true],
    ['I am attached to it… detachable', ['en'], true],
    ['Unterlagen anbei', ['de'], true],
    ['Unterlagen anbei', ['en'], false],
    ['Im Anhang die Rechnung', ['de'], true],
    ['Der Anhänger ist blau', ['de'], false],
    ['Veuillez trouver ci-joint', ['fr'], true],
    ['la pièce jointe', ['fr'], true],
    ['Te adjunto el archivo', ['es'], true],
    ['تجد الملف المرفق', ['ar'], true],
    ['ፋይሉን አያይዤ ልኬያለሁ', ['am'], true],
    ['> see attached\nThanks', ['en'], false],
    ['Thanks\n-- \nattached to nothing', ['en'], false],
  ];
  for (const [text, languages, isDoubtful] of cases) {
    it(`a file: ${text.slice(0, 40)}`, () => {
      const doubts = findDoubts(form({ text }), 0, { ...wishes, languages });
      assert.equal(doubts.includes('noFile'), isDoubtful);
    });
  }

  it('asks for nothing where there is a file, or where it is not wished', () => {
    const attached = form({ text: 'attached' });
    assert.deepEqual(findDoubts(attached, 1, wishes), []);
    assert.deepEqual(findDoubts(attached, 0, { ...wishes, remindsOfFiles: false }), []);
  });

  it('counts those who see one another', () => {
    const crowd = ['a', 'b', 'c', 'd'].map((name) => person(`${name}@x.example`));
    assert.deepEqual(findDoubts(form({ to: crowd }), 0, wishes), ['many']);
    assert.deepEqual(findDoubts(form({ bcc: crowd }), 0, wishes), []);
    assert.deepEqual(findDoubts(form({ to: crowd }), 0, { ...wishes, manyRecipients: 0 }), []);
  });

  it('misses a subject', () => {
    assert.deepEqual(findDoubts(form({ subject: ' ' }), 0, wishes), ['noSubject']);
  });
});

describe('ownWords', () => {
  it('leaves out quotes, signatures and what is forwarded', () => {
    const origin = { kind: 'forward' as const, folder: 'INBOX', uids: [1] };
    const forwarded = 'Mine\n---------- Forwarded message ----------\nTheirs';
    assert.equal(ownWords(form({ text: forwarded, origin })), 'Mine');
    const html = '<div>Mine</div><div class="drey-signature">Ann</div><div>Theirs</div>';
    assert.equal(ownWords(form({ isHtml: true, html })), 'Mine');
    const quoted = '<div>Mine</div><blockquote><div>Theirs</div></blockquote>';
    assert.equal(ownWords(form({ isHtml: true, html: quoted })).trim(), 'Mine');
  });
});

describe('hasContent', () => {
  const empty = emptyForm('ann@example.test');
  const signed = { ...empty, text: '\n\n-- \nAnn' };
  const origin = { kind: 'reply' as const, folder: 'INBOX', uids: [1] };
  const answer = form({ text: '\n\nBob:\n> x', origin });
  const cases: [why: string, now: ComposeForm, start: ComposeForm, files: number, is: boolean][] = [
    ['an untouched window', empty, empty, 0, false],
    ['a signature alone', signed, signed, 0, false],
    ['another signature', { ...signed, text: '\n\n-- \nDesk' }, signed, 0, false],
    ['a recipient', { ...empty, to: [person('a@b')] }, empty, 0, true],
    ['a subject', { ...empty, subject: 'x' }, empty, 0, true],
    ['a file', empty, empty, 1, true],
    ['an untouched answer', answer, answer, 0, false],
    ['an answer', { ...answer, text: 'Yes\n> x' }, answer, 0, true],
    ['a text taken away again', { ...empty, text: '' }, { ...empty, text: 'x' }, 0, false],
  ];
  for (const [why, now, start, files, is] of cases) {
    it(why, () => assert.equal(hasContent(now, start, files), is));
  }
});

describe('findOddDomain', () => {
  const cases: [address: string, kind: string | undefined][] = [
    ['a@gmail.com', undefined],
    ['a@gmial.com', 'typo'],
    ['a@gmal.com', 'typo'],
    ['a@gmaill.com', 'typo'],
    ['a@hotmial.com', 'typo'],
    ['a@example.org', undefined],
    ['a@gm\u0430il.com', 'mixed'],
    ['a@пример.рф', undefined],
    ['a@intranet', 'bare'],
    ['a@[192.0.2.1]', undefined],
    ['a@mail.org', undefined],
  ];
  for (const [address, kind] of cases) {
    it(address, () => assert.equal(findOddDomain(address)?.kind, kind));
  }
});

describe('parseMailto', () => {
  it('reads recipients, subject and text, and nothing else', () => {
    const link =
      'mailto:a%40x.example,b@x.example?cc=c@x.example&subject=a%20b%0d%0aBcc:%20x&body=1%0D%0A2+3&attach=/etc/passwd&from=boss@x';
    const parts = parseMailto(link);
    assert.deepEqual(
      parts.to.map(({ address }) => address),
      ['a@x.example', 'b@x.example'],
    );
    assert.deepEqual(
      [parts.cc[0]?.address, parts.subject, parts.text],
      ['c@x.example', 'a b Bcc: x', '1\n2+3'],
    );
  });

  it('survives anything', () => {
    for (const link of [
      '',
      'mailto:',
      '%',
      'mailto:%ZZ?subject=%',
      'a?b?c=&=&&',
      '?'.repeat(50_000),
    ])
      parseMailto(link);
  });

  it('stands above the signature', () => {
    const parts = parseMailto('mailto:a@x.example?body=Hi%20%3Cb%3E');
    const plain = { ...emptyForm('ann@example.test'), text: '\n\n-- \nAnn' };
    assert.equal(fillForm(plain, parts).text, 'Hi <b>\n\n-- \nAnn');
    const rich = { ...plain, isHtml: true, html: '<div>Ann</div>' };
    assert.equal(fillForm(rich, parts).html, '<div>Hi &lt;b&gt;</div><div>Ann</div>');
  });
});

describe('completeLink', () => {
  const cases: [typed: string, link: string | null][] = [
    ['https://x.example/a', 'https://x.example/a'],
    ['x.example', 'https://x.example'],
    ['x.example/a?b', 'https://x.example/a?b'],
    ['ann@x.example', 'mailto:ann@x.example'],
    ['tel:+491234', 'tel:+491234'],
    ['javascript:alert(1)', null],
    ['data:text/html,x', null],
    [' JaVaScRiPt:alert(1)', null],
    ['//x.example', null],
    ['two words', null],
  ];
  for (const [typed, link] of cases) it(typed, () => assert.equal(completeLink(typed), link));
});
