// Plain text for the page: links, quotes, signature, format=flowed; 42 of the list of attacks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findLinks, toTextBlocks } from '#lib/webmail/reader/text-blocks.ts';

const links = (text: string) =>
  findLinks(text)
    .filter((segment) => segment.href)
    .map((segment) => `${segment.text} -> ${segment.href}`);

describe('findLinks', () => {
  const cases: [why: string, text: string, found: string[]][] = [
    ['a link', 'see https://a.example/x', ['https://a.example/x -> https://a.example/x']],
    ['a full stop behind it', 'https://a.example.', ['https://a.example -> https://a.example/']],
    ['in brackets', '(https://a.example/x)', ['https://a.example/x -> https://a.example/x']],
    [
      'with brackets inside',
      'https://a.example/x_(y)',
      ['https://a.example/x_(y) -> https://a.example/x_(y)'],
    ],
    ['in angle brackets', '<https://a.example/x>', ['https://a.example/x -> https://a.example/x']],
    ['www', 'www.a.example', ['www.a.example -> https://www.a.example/']],
    ['an address', 'mail bob@a.example now', ['bob@a.example -> mailto:bob@a.example']],
    [
      'mailto with a query keeps only the address',
      'mailto:a@b.example?body=<script>',
      ['mailto:a@b.example -> mailto:a@b.example'],
    ],
    [
      'a quote ends it',
      'https://a.example/"onmouseover=x',
      ['https://a.example/ -> https://a.example/'],
    ],
    ['no other scheme', 'javascript:alert(1) data:text/html,x vbscript:x file:///etc', []],
    [
      'a direction override ends it',
      'https://a.example/\u202egpj',
      ['https://a.example/ -> https://a.example/'],
    ],
    ['an impossible host', 'https://[::x]/', []],
  ];
  for (const [why, text, found] of cases) it(why, () => assert.deepEqual(links(text), found));

  it('loses no character', () => {
    const text = 'a https://a.example/x, b@c.example (www.d.example). <img src=x onerror=1>';
    assert.equal(
      findLinks(text)
        .map((segment) => segment.text)
        .join(''),
      text,
    );
  });
});

describe('toTextBlocks', () => {
  it('parts text, quotes in quotes, and the signature', () => {
    const blocks = toTextBlocks('hi\n\n> a\n> > b\n>> c\n> d\n\nbye\n-- \nAnn');
    assert.deepEqual(
      blocks.map((block) => block.kind),
      ['text', 'quote', 'text', 'signature'],
    );
    const quote = blocks[1];
    assert.ok(quote?.kind === 'quote');
    assert.equal(quote.lines, 4);
    assert.deepEqual(
      quote.blocks.map((block) => block.kind),
      ['text', 'quote', 'text'],
    );
  });

  it('joins soft line breaks of format=flowed, in quotes too', () => {
    const blocks = toTextBlocks('one \ntwo\n> three \n> four\n From here', { isDelSp: false });
    const texts = JSON.stringify(blocks);
    assert.match(texts, /one two/);
    assert.match(texts, /three four/);
    assert.match(texts, /"From here/);
  });

  it('bounds the depth of quotes', () => {
    const depth = (blocks: ReturnType<typeof toTextBlocks>): number =>
      1 + Math.max(0, ...blocks.map((block) => (block.kind === 'quote' ? depth(block.blocks) : 0)));
    assert.ok(depth(toTextBlocks(`${'>'.repeat(500)} x`)) < 20);
  });

  it('gives nothing for an empty body', () => assert.deepEqual(toTextBlocks('\r\n\r\n'), []));

  it('finds the end of links made of brackets in linear time', () => {
    const link = `http://a.example/${'('.repeat(300)}${')'.repeat(1600)}`;
    const segments = findLinks(`${link} `.repeat(500));
    assert.equal(segments[0]?.text, `http://a.example/${'('.repeat(300)}${')'.repeat(300)}`);
    assert.equal(findLinks('(see http://a.example/(x)).')[1]?.text, 'http://a.example/(x)');
    assert.equal(findLinks(`${'a'.repeat(70)}@b.example`)[0]?.href, null);
  });
});
