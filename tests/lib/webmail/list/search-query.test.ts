// The search box: operators, phrases, what is no operator, and that no text becomes IMAP syntax (50).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Token } from '#lib/webmail/imap/raw-command.ts';
import { compileSearch, parseSearchQuery } from '#lib/webmail/list/search-query.ts';

/** The command as a person would read it; strings in guillemets. */
function show(text: string): string {
  const print = (token: Token): string =>
    Array.isArray(token)
      ? `(${token.map(print).join(' ')})`
      : token.type === 'STRING'
        ? `«${token.value}»`
        : token.value;
  return compileSearch(parseSearchQuery(text)).map(print).join(' ');
}

const cases: [why: string, query: string, keys: string][] = [
  ['nothing', '', 'ALL'],
  ['blanks', '   ', 'ALL'],
  ['words must all match', 'lake house', 'TEXT «lake» TEXT «house»'],
  ['a phrase', '"lake house"', 'TEXT «lake house»'],
  ['an open phrase', '"lake house', 'TEXT «lake house»'],
  ['an operator', 'from:maya', 'FROM «maya»'],
  ['an operator in capitals', 'From:Maya', 'FROM «Maya»'],
  ['an operator with a phrase', 'subject:"lake house"', 'SUBJECT «lake house»'],
  ['unread', 'is:unread', 'UNSEEN'],
  ['not unread', '-is:unread', 'SEEN'],
  ['starred', 'is:Starred', 'FLAGGED'],
  ['attachments', 'has:attachment', 'HEADER Content-Type «multipart/mixed»'],
  ['a minus', '-from:maya', 'NOT FROM «maya»'],
  ['days', 'after:2026-01-31 before:2026/2/1', 'SINCE 31-Jan-2026 BEFORE 1-Feb-2026'],
  ['a day that does not exist is a word', 'before:2026-02-30', 'TEXT «before:2026-02-30»'],
  ['sizes', 'larger:5M smaller:1.5kb', 'LARGER 5242880 SMALLER 1536'],
  ['an unknown operator is a word', 'foo:bar', 'TEXT «foo:bar»'],
  ['an operator without a value is a word', 'from:', 'TEXT «from:»'],
  ['a URL is a word', 'https://x.example/a', 'TEXT «https://x.example/a»'],
  ['other scripts name their charset', 'from:会議', 'CHARSET UTF-8 FROM «会議»'],
  ['line ends cannot begin a command', '"a\r\nA1 LOGOUT"', 'TEXT «a A1 LOGOUT»'],
  ['parentheses and stars are text', '(a* %', 'TEXT «(a*» TEXT «%»'],
  ['a name of the object prototype is no flag', 'is:constructor', 'TEXT «is:constructor»'],
];

describe('search query', () => {
  for (const [why, query, keys] of cases) it(why, () => assert.equal(show(query), keys));

  it('takes twenty terms at most', () => {
    assert.equal(parseSearchQuery('a '.repeat(100)).length, 20);
  });
});
