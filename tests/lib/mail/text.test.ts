import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMime } from '#lib/mail/mime.ts';
import { extractText, htmlToText, makePreview } from '#lib/mail/text.ts';

const pages: [why: string, html: string, text: string][] = [
  ['plain', 'Hello', 'Hello'],
  ['inline tags join', 'He<b>ll</b>o <i>you</i>', 'Hello you'],
  ['blocks', '<div>a</div><div>b</div><p>c</p>', 'a\nb\n\nc'],
  ['br', 'a<br>b<br/><br>c', 'a\nb\n\nc'],
  ['white space', '<p>\n  a \n b\n</p>\n\n<p> c</p>', 'a b\n\nc'],
  ['list', '<ul><li>a</li> <li> b</li></ul>', '- a\n- b'],
  ['table', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
  [
    'head, style, script',
    '<head><title>t</title><style>p{}</style></head><body><script>var a="<p>x";</script>y</body>',
    'y',
  ],
  ['head never closed', '<head><title>t</title><body>y', 'y'],
  ['unclosed style', 'a<style>b', 'a'],
  ['script with a decoy', '<script>a</scrip></SCRIPT >b', 'b'],
  ['comments', 'a<!-- <b>x</b> -->b<!-- x', 'ab'],
  ['conditional comment', 'a<!--[if mso]>x<![endif]-->b<![if !mso]>c<![endif]>', 'abc'],
  ['> inside an attribute', '<a title="x > y" href=\'>\'>link</a>', 'link'],
  ['lone <', 'a < b <3 c', 'a < b <3 c'],
  [
    'entities',
    '&lt;b&gt; &amp;amp; &auml;&Auml;&euro;&nbsp;&#8364;&#x20AC;&#150;&copy',
    '<b> &amp; äÄ€\u00a0€€–©',
  ],
  [
    'unknown and broken entities',
    '&foo; & &#; &#xD800; &#0; &#99999999;',
    '&foo; & &#; \ufffd \ufffd \ufffd',
  ],
  ['pre', '<pre>a\n  b\n\nc</pre>d', 'a\n  b\n\nc\n\nd'],
  ['textarea is text', '<textarea><b>x</b></textarea>', '<b>x</b>'],
  ['svg is hidden', 'a<svg><text>x</text></svg>b', 'ab'],
  ['unclosed tag', 'a<b', 'a'],
  ['empty', '', ''],
];
for (const [why, html, text] of pages) {
  test(`htmlToText: ${why}`, () => assert.equal(htmlToText(html), text));
}

const previews: [why: string, body: string, preview: string][] = [
  ['one line', 'a\n b\n\nc', 'a b c'],
  [
    'quotes and what leads to them',
    'Yes!\n\nOn Mon, 1 Jan 2024, Joe wrote:\n> Really?\n>\n',
    'Yes!',
  ],
  ['signature', 'Hi\n-- \nJoe', 'Hi'],
  ['rulers', '=====\nHi\n-----', 'Hi'],
  ['padding of newsletters', 'Sale\u200c \u034f\u00ad\u200b\ufeff now', 'Sale now'],
  ['nothing', '', ''],
];
for (const [why, body, preview] of previews) {
  test(`makePreview: ${why}`, () => assert.equal(makePreview(body), preview));
}

test('a preview has at most 200 characters and no half of one', () => {
  assert.equal(makePreview('word '.repeat(200)).length <= 200, true);
  const preview = makePreview(`a${'😀'.repeat(200)}`);
  assert.ok(preview.length <= 200 && preview.isWellFormed());
});

function extract(text: string) {
  const bytes = Buffer.from(text.replaceAll('\n', '\r\n'));
  return extractText(bytes, parseMime(bytes));
}

test('extractText decodes headers, texts, names and messages within', () => {
  const { headerText, bodyText } = extract(`Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
X-Other: a
 b
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

sch=F6n
--b
Content-Type: text/html
Content-Transfer-Encoding: base64

${Buffer.from('<p>h&auml;tte</p><script>no</script>').toString('base64')}
--b
Content-Type: application/pdf; name="x.pdf"
Content-Disposition: attachment; filename*=utf-8''%C3%BCber.pdf

hidden
--b
Content-Type: message/rfc822

Subject: inner

deep
--b--
`);
  assert.equal(headerText.split('\n')[0], 'Subject: Grüße');
  assert.match(headerText, /X-Other: a b/);
  assert.equal(bodyText, 'schön\nhätte\nSubject: inner\ndeep\nüber.pdf');
});

test('the HTML twin of a plain text is kept where it is not the same to the letter', () => {
  const make = (plain: string, html: string) =>
    extract(
      `Content-Type: multipart/alternative; boundary=b\n\n--b\n\n${plain}\n--b\nContent-Type: text/html\n\n${html}\n--b--\n`,
    ).bodyText;
  assert.equal(make('Hello world', '<p>Hello <b>world</b></p>'), 'Hello world');
  // Somebody who reads the one may look for "hello world", which the other has not.
  assert.equal(
    make('Hello   *world*', '<p>Hello <b>world</b></p>'),
    'Hello   *world*\nHello world',
  );
  assert.equal(make('Hello\nworld', '<p>Hello world</p>'), 'Hello\nworld\nHello world');
});

test('names of attachments are found behind a text that is too long, and in great number', () => {
  const attachment = (number: number) =>
    `--b\nContent-Type: application/pdf; name="file ${number}.pdf"\n\nx\n`;
  const { bodyText } = extract(
    `Content-Type: multipart/mixed; boundary=b\n\n--b\n\n${'word '.repeat(500_000)}\n${Array.from({ length: 1200 }, (_, number) => attachment(number)).join('')}--b--\n`,
  );
  assert.ok(bodyText.endsWith('file 1199.pdf'));
});

test('text attachments of every kind are read', () => {
  const { bodyText } = extract(`Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/csv; charset=utf-16le; name=a.csv
Content-Transfer-Encoding: base64

${Buffer.from('größe;1', 'utf16le').toString('base64')}
--b
Content-Type: text/calendar
Content-Disposition: attachment

SUMMARY:Treffen
--b
Content-Type: text/html
Content-Disposition: attachment; filename=x.html

<p>ein&shy;mal</p>
--b--
`);
  assert.match(bodyText, /größe;1/);
  assert.match(bodyText, /SUMMARY:Treffen/);
  assert.match(bodyText, /ein\u00admal/);
});

test('texts are bounded and fit for a database', () => {
  const { headerText, bodyText } = extract(
    `Subject: a\u0000b\n${'X-Long: yyyyyyyyyy\n'.repeat(40_000)}\n${'word\u0000 '.repeat(400_000)}`,
  );
  assert.ok(headerText.length <= 256 * 1024 && bodyText.length <= 2 * 1024 * 1024);
  assert.ok(!headerText.includes('\u0000') && !bodyText.includes('\u0000'));
});
