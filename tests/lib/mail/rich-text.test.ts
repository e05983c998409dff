// Plain text of formatted text and back; signatures that change with the sender.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasFormats, toPlainText, toRichText } from '#lib/mail/rich-text.ts';
import { signatureElement, swapSignature } from '#lib/mail/signature.ts';

describe('toPlainText', () => {
  const cases: [why: string, html: string, text: string][] = [
    ['lines', '<div>one</div><div><br></div><div>two</div>', 'one\n\ntwo'],
    ['a break at the end of a line is none', '<div>one<br></div><div>two</div>', 'one\ntwo'],
    ['paragraphs stand apart', '<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['white space is one blank', '<div> a \n  b </div>', 'a b'],
    ['entities', '<div>&lt;b&gt; &amp; caf&eacute;&nbsp;!</div>', '<b> & café !'],
    ['lists', '<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>', '- a\n- b\n  1. c'],
    ['numbers go on', '<ol start="3"><li>a</li><li>b</li></ol>', '3. a\n4. b'],
    [
      'a link under other words',
      '<a href="https://x.example/a?b&amp;c">site</a>',
      'site <https://x.example/a?b&c>',
    ],
    ['a link under its own address', '<a href="https://x.example/">x.example</a>', 'x.example'],
    ['a script link says nothing', '<a href="javascript:x">site</a>', 'site'],
    [
      'quotes',
      '<div>On Monday:</div><blockquote><div>a</div><blockquote>b</blockquote></blockquote><div>c</div>',
      'On Monday:\n\n> a\n>\n>> b\n\nc',
    ],
    [
      'the signature',
      '<div>Hi</div><div class="drey-signature"><div>Ann</div></div>',
      'Hi\n-- \nAnn',
    ],
    ['code keeps its lines', '<pre>a\n  b</pre>', 'a\n  b'],
    ['an image by its words', '<img src="cid:x" alt="Map">', '[Map]'],
    ['no styles, no comments', '<style>p{}</style><!-- <b>x</b> -->y', 'y'],
    ['cells', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
  ];
  for (const [why, html, text] of cases) it(why, () => assert.equal(toPlainText(html), text));

  it('survives broken markup', () => {
    for (const html of ['<', '<a', '</', '<div', '<<b>>', '<a href="', '<!--', '<style>', '>']) {
      toPlainText(html.repeat(1000));
    }
  });
});

describe('toRichText', () => {
  it('comes back as the same text', () => {
    const text = 'one\n\n  two <b> & "c"\n> quoted\n>> deeper\nend';
    assert.equal(
      toPlainText(toRichText(text))
        .replace(/\u00a0/g, ' ')
        .replace(/^>\n/gm, ''),
      'one\n\n  two <b> & "c"\n\n> quoted\n>> deeper\n\nend',
    );
  });
});

describe('hasFormats', () => {
  for (const [html, is] of [
    ['<div>a<br></div><div>https://x</div>', false],
    ['<div><b>a</b></div>', true],
    ['<div style="text-align:center">a</div>', true],
    ['<div dir="rtl">a</div>', true],
    ['<blockquote type="cite">a</blockquote>', false],
    ['<img src="x">', true],
    ['<a href="https://x.example">https://x.example</a>', false],
  ] as const) {
    it(html, () => assert.equal(hasFormats(html), is));
  }
});

describe('swapSignature', () => {
  const none = { text: '', html: '' };
  const ann = { text: 'Ann', html: '' };
  const desk = { text: 'The desk', html: '<b>The desk</b>' };
  const cases: [why: string, text: string, from: typeof ann, to: typeof ann, result: string][] = [
    ['exchanged, not appended', 'Hi\n\n-- \nAnn', ann, desk, 'Hi\n\n-- \nThe desk'],
    [
      'above the quote',
      'Hi\n\n-- \nAnn\n\nBob:\n> x',
      ann,
      desk,
      'Hi\n\n-- \nThe desk\n\nBob:\n> x',
    ],
    ['taken away', 'Hi\n\n-- \nAnn', ann, none, 'Hi'],
    ['put before the quote', 'Hi\n\nBob:\n> x', none, ann, 'Hi\n\n-- \nAnn\n\nBob:\n> x'],
    ['put at the end', 'Hi', none, ann, 'Hi\n\n-- \nAnn'],
    ['left alone where it was rewritten', 'Hi\n\n-- \nAnnie', desk, ann, 'Hi\n\n-- \nAnnie'],
  ];
  for (const [why, text, from, to, result] of cases) {
    it(why, () => assert.equal(swapSignature(text, from, to, false), result));
  }

  it('keeps raw HTML', () => {
    assert.equal(signatureElement(desk), '<div class="drey-signature"><b>The desk</b></div>');
  });
});
