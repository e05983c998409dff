// The main job of each page of the panel is done in a real browser: the table says by which test. A page without a line,
// a line without a page, and a title that no test has any more fail.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { doors } from './doors.ts';

/** By the page, without "/admin" and "page.tsx": a file of tests/e2e and the title of the test. */
const mainJobs: Record<string, [file: string, title: string]> = {
  '': ['numbers', 'says on the overview what is wrong first, and what to do'],
  '[...missing]': ['panel-pages', 'an address that is none says so and keeps the menu'],
  access: ['addresses', 'adds, moves, switches off and deletes access rules'],
  admins: [
    'panel-pages',
    'a user becomes domain admin, stands in the list of roles, and sees the domain alone',
  ],
  aliases: ['admin-panel', 'adds an alias that takes mail at once'],
  announcement: ['operations', 'tells all users, in a banner that each may close and in a mail'],
  backup: ['operations', 'takes a backup, finds a message in it and brings it back'],
  'backup/restore': ['operations', 'takes a backup, finds a message in it and brings it back'],
  blocked: ['passwords', 'that are guessed close an address, which the panel shows and opens'],
  certificates: [
    'certificates',
    'serves what is uploaded on every port, and what replaces it, and ends no session',
  ],
  checks: ['receiving', 'switches one check off and on where it stands'],
  configuration: ['history', 'compares a file and applies it'],
  directory: ['mail-contacts', 'stand beside the directory, where administrators add entries'],
  doctor: ['operations', 'looks at everything, and says what to do'],
  domains: ['admin-panel', 'adds a domain, and says what is wrong beside the field'],
  'domains/[domain]': [
    'admin-panel',
    'limits a domain and a user, at once, and shows what is used',
  ],
  'domains/[domain]/dns': [
    'panel-pages',
    'the records of a domain: what is there, what is missing, all as a zone file',
  ],
  events: ['admin-panel', 'tells the whole story of a message'],
  explain: ['receiving', 'explains both, with each step and the reply'],
  health: ['numbers', 'shows versions and nodes, and today’s hits of the checks'],
  history: ['history', 'shows a change with who and why, and takes it back'],
  import: ['addresses', 'shows what an import would do, then does it'],
  jobs: ['numbers', 'runs a job when asked'],
  listeners: ['listeners', 'switches a protocol off'],
  networks: ['admin-panel', 'trusts a network and distrusts it again'],
  queue: [
    'admin-panel',
    'adds a relay rule; a mail that cannot leave is held, released and deleted in the queue',
  ],
  'queue/[id]': [
    'panel-pages',
    'a mail in the queue: why it waits, and another way for its domain',
  ],
  'queue/suppressed': ['panel-pages', 'how mail left, and to whom it cannot'],
  relays: ['relay-rules', 'tells where a mail would go, and why'],
  reports: ['sending', 'reports of others show who sends in our name'],
  rewriting: ['addresses', 'rewrites an address'],
  'self-test': ['panel-pages', 'the self-test tries what the webmail leans on'],
  settings: [
    'admin-panel',
    'changes the greeting for the next connection, and finds it by its Postfix name',
  ],
  'settings/[group]': [
    'admin-panel',
    'changes the greeting for the next connection, and finds it by its Postfix name',
  ],
  'settings/reference': [
    'panel-pages',
    'a name of Postfix or Dovecot leads to what it is here, or to why it is not',
  ],
  shared: ['admin-panel', 'adds a shared mailbox, its members and what they may'],
  statistics: ['numbers', 'has each subject large, with a table, and mail by domain'],
  'tls-out': ['panel-pages', 'how mail left, and to whom it cannot'],
  tokens: ['machines', 'makes a token that is shown once, and takes it away'],
  users: ['users', 'are chosen and changed together, all that fit'],
  'users/[id]': ['users', 'are looked after in their own place, with a mark and an event'],
  'users/[id]/deleted': ['deleted', 'are restored by an administrator, who leaves a trace'],
  'users/batch': ['users', 'are made from lines, after a rehearsal'],
  'users/defaults': ['users', 'begin with what their domain says'],
  'users/new': ['admin-panel', 'adds a user who can sign in over IMAP at once'],
  webhooks: ['machines', 'adds a webhook, tests it, and shows what it answered'],
  wizard: ['operations', 'leads through the first steps'],
};

const prefix = '(admin)/admin/';
const pages = Object.values(doors)
  .flat()
  .filter((door) => door.startsWith(prefix) && door.endsWith('page.tsx'))
  .map((door) => door.slice(prefix.length).replace(/\/?page\.tsx$/, ''));

describe('the main job of each page of the panel', () => {
  it('has a test, and no page is named that is gone', () => {
    assert.ok(pages.length > 40, `only ${pages.length} pages`);
    assert.deepEqual(Object.keys(mainJobs).sort(), pages.sort());
  });

  for (const [page, [file, title]] of Object.entries(mainJobs)) {
    it(`/admin/${page}: ${title}`, () => {
      const text = readFileSync(join(import.meta.dirname, '..', 'e2e', `${file}.test.ts`), 'utf8');
      assert.match(text, /from 'playwright'/, 'has a browser');
      const begin = text.indexOf(`it('${title}'`);
      assert.ok(begin >= 0, `tests/e2e/${file}.test.ts has no such test`);
    });
  }
});
