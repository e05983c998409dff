// The search box: operators, phrases, groups, what is no operator, and that no text becomes IMAP syntax (50).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Token } from '#lib/webmail/imap/raw-command.ts';
import type { Folder, FolderRole } from '#lib/webmail/list/mailboxes.ts';
import { compileQuery } from '#lib/webmail/search/compile.ts';
import { formatTerm, parseQuery, withoutPart } from '#lib/webmail/search/query.ts';
import { findScope } from '#lib/webmail/search/scope.ts';

const context = {
  labels: [{ keyword: '$label1', name: 'Important' }],
  now: new Date('2026-11-21T10:00:00Z'),
};

/** The command as a person would read it; strings in guillemets. */
function show(text: string): string {
  const print = (token: Token): string =>
    Array.isArray(token)
      ? `(${token.map(print).join(' ')})`
      : token.type === 'STRING'
        ? `«${token.value}»`
        : token.value;
  return compileQuery(text, context).map(print).join(' ');
}

const attachment = 'TEXT «multipart/mixed» HEADER Content-Type «multipart/mixed»';
const cases: [why: string, query: string, keys: string][] = [
  ['nothing', '', 'ALL'],
  ['blanks', '   ', 'ALL'],
  ['words must all match', 'lake house', 'TEXT «lake» TEXT «house»'],
  ['a phrase', '"lake house"', 'TEXT «lake house»'],
  ['an open phrase', '"lake house', 'TEXT «lake house»'],
  ['an operator', 'from:maya', 'FROM «maya»'],
  ['an operator in capitals', 'From:Maya', 'FROM «Maya»'],
  ['an operator with a phrase', 'subject:"lake house"', 'SUBJECT «lake house»'],
  ['every address', 'to:a cc:b bcc:c', 'TO «a» CC «b» BCC «c»'],
  ['a list', 'list:nuts.example', 'HEADER List-Id «nuts.example»'],
  ['unread', 'is:unread', 'UNSEEN'],
  ['not unread', '-is:unread', 'SEEN'],
  ['starred', 'is:Starred', 'FLAGGED'],
  ['another word for it', 'is:flagged', 'FLAGGED'],
  ['muted', 'is:muted', 'KEYWORD $Muted'],
  ['attachments', 'has:attachment', attachment],
  ['no attachments', '-has:attachments', `NOT (${attachment})`],
  ['a minus', '-from:maya', 'NOT (FROM «maya»)'],
  ['NOT', 'NOT from:maya', 'NOT (FROM «maya»)'],
  ['twice not', 'NOT -from:maya', 'NOT (NOT (FROM «maya»))'],
  ['a minus within a word', 'well-known', 'TEXT «well-known»'],
  ['a minus alone', '- a', 'TEXT «-» TEXT «a»'],
  ['days', 'after:2026-01-31 before:2026/2/1', 'SINCE 31-Jan-2026 BEFORE 1-Feb-2026'],
  ['a day', 'on:2026-02-01', 'ON 1-Feb-2026'],
  ['some time ago', 'after:7d before:yesterday', 'SINCE 14-Nov-2026 BEFORE 20-Nov-2026'],
  ['a day that does not exist is a word', 'before:2026-02-30', 'TEXT «before:2026-02-30»'],
  ['sizes', 'larger:5M smaller:1.5kb', 'LARGER 5242880 SMALLER 1536'],
  ['a label by its name', 'label:important', 'KEYWORD $label1'],
  ['a label by its keyword', 'label:$Forwarded', 'KEYWORD $Forwarded'],
  ['a label that can be none', 'label:"a b"', 'NOT ALL'],
  ['a label that would be syntax', 'label:x)(ALL', 'NOT ALL'],
  ['a label in another script', 'label:会議', 'NOT ALL'],
  ['either', 'from:a OR from:b', 'OR (FROM «a») (FROM «b»)'],
  ['OR binds closer', 'x from:a OR from:b y', 'TEXT «x» OR (FROM «a») (FROM «b») TEXT «y»'],
  ['three', 'a OR b OR c', 'OR (TEXT «a») (OR (TEXT «b») (TEXT «c»))'],
  ['AND is what a blank is', 'a AND b', 'TEXT «a» TEXT «b»'],
  ['or in small letters is a word', 'a or b', 'TEXT «a» TEXT «or» TEXT «b»'],
  ['OR at the end is a word', 'a OR', 'TEXT «a» TEXT «OR»'],
  ['OR at the beginning is a word', 'OR a', 'TEXT «OR» TEXT «a»'],
  ['groups', '(a b) OR -(c d)', 'OR (TEXT «a» TEXT «b») (NOT (TEXT «c» TEXT «d»))'],
  ['a group without an end is text', '(a b', 'TEXT «(a» TEXT «b»'],
  ['an empty group', '() a', 'TEXT «a»'],
  ['a smile', 'hello :)', 'TEXT «hello» TEXT «:)»'],
  ['where to look is no key', 'in:Archive a', 'TEXT «a»'],
  ['where to look alone', 'in:all', 'ALL'],
  ['where to look or something', 'in:Archive OR a', 'ALL'],
  ['an unknown operator is a word', 'foo:bar', 'TEXT «foo:bar»'],
  ['an operator without a value is a word', 'from:', 'TEXT «from:»'],
  ['a URL is a word', 'https://x.example/a', 'TEXT «https://x.example/a»'],
  ['other scripts name their charset', 'from:会議', 'CHARSET UTF-8 FROM «会議»'],
  ['also within a group', 'a OR 会議', 'CHARSET UTF-8 OR (TEXT «a») (TEXT «会議»)'],
  ['line ends cannot begin a command', '"a\r\nA1 LOGOUT"', 'TEXT «a A1 LOGOUT»'],
  ['a literal is text', '{5+}', 'TEXT «{5+}»'],
  ['parentheses and stars are text', '(a* %', 'TEXT «(a*» TEXT «%»'],
  ['a name of the object prototype is no state', 'is:constructor', 'TEXT «is:constructor»'],
  ['nor an operator', 'constructor:a', 'TEXT «constructor:a»'],
];

function makeFolder(path: string, role: FolderRole = 'none', isShared = false): Folder {
  const counts = { messages: 0, unread: 0, state: '' };
  const name = path.split('/').at(-1)!;
  const depth = path.split('/').length - 1;
  return {
    path,
    name,
    delimiter: '/',
    role,
    depth,
    isSelectable: true,
    isSubscribed: true,
    isShared,
    ...counts,
  };
}

const folders = [
  makeFolder('INBOX', 'inbox'),
  makeFolder('Ablage', 'archive'),
  makeFolder('Ablage/2025'),
  makeFolder('Junk', 'junk'),
  makeFolder('Trash', 'trash'),
  makeFolder('Trash/Old'),
  makeFolder('Projects'),
  makeFolder('Projects/Lake house'),
  makeFolder('Shared/ben/Plans', 'none', true),
  makeFolder('#deleted/INBOX', 'deleted'),
];
const scopes: [why: string, query: string, paths: string[] | null][] = [
  ['nothing said', 'a', null],
  ['the open folder by name', 'in:projects a', null],
  ['by what it is for', 'in:archive', ['Ablage']],
  ['by the last part of its path', 'in:"lake house"', ['Projects/Lake house']],
  ['with those below', 'in:here/*', ['Projects', 'Projects/Lake house']],
  ['without some', 'in:here/* -in:"Lake house"', null],
  ['without the open one', '-in:here', []],
  ['several', 'in:inbox in:archive', ['INBOX', 'Ablage']],
  ['by OR', 'in:inbox OR in:archive', ['INBOX', 'Ablage']],
  ['all own', 'in:all', ['INBOX', 'Ablage', 'Ablage/2025', 'Projects', 'Projects/Lake house']],
  ['all but one', 'in:all -in:"archive/*"', ['INBOX', 'Projects', 'Projects/Lake house']],
  ['no such folder', 'in:nowhere', []],
  ['what is deleted is not searched by the way', 'in:"#deleted/INBOX"', []],
];

describe('search query', () => {
  for (const [why, query, keys] of cases) it(why, () => assert.equal(show(query), keys));

  it('takes sixty terms and eight levels at most', () => {
    assert.equal(parseQuery('a '.repeat(300)).length, 60);
    assert.match(show(`${'('.repeat(40)}a${')'.repeat(40)}`), /TEXT/);
  });

  it('knows its parts as they were written', () => {
    const parts = parseQuery('from:"Ann Lee"  a OR (b c) -is:read');
    assert.deepEqual(
      parts.map(({ text }) => text),
      ['from:"Ann Lee"', 'a OR (b c)', '-is:read'],
    );
    assert.equal(withoutPart(parts, 1), 'from:"Ann Lee" -is:read');
  });

  it('writes what it reads', () => {
    for (const value of ['a', 'a b', '-a', 'OR', 'from:x', '(a)', 'é'])
      assert.deepEqual(parseQuery(formatTerm('text', value))[0]?.node, {
        kind: 'term',
        field: 'text',
        value,
      });
    assert.equal(formatTerm('subject', 'lake "house"'), 'subject:"lake  house"');
  });
});

describe('search scope', () => {
  for (const [why, query, paths] of scopes)
    it(why, () => assert.deepEqual(findScope(query, 'Projects', folders), paths));

  it('looks anywhere', () => {
    assert.equal(findScope('in:anywhere', 'INBOX', folders)?.length, folders.length - 1);
  });
});
