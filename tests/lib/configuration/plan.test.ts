// The configuration as a file: what is written is read again, what a file would change is shown, and it is done whole or
// not at all.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccessRule } from '#lib/accounts/access-rule.ts';
import { addAccount, findAccount, removeAccount, updateAccount } from '#lib/accounts/account.ts';
import { addAlias, findAlias } from '#lib/accounts/alias.ts';
import { deleteAccount } from '#lib/accounts/deleted-account.ts';
import { addDomain, findDomain, updateDomain } from '#lib/accounts/domain.ts';
import { writeFooter } from '#lib/accounts/footer.ts';
import { listMembers, setMember } from '#lib/accounts/member.ts';
import { addNetwork, listNetworks } from '#lib/accounts/network.ts';
import { addRewrite } from '#lib/accounts/rewrite.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { addSharedMailbox, requireSharedMailbox } from '#lib/accounts/shared.ts';
import { exportConfiguration } from '#lib/configuration/export.ts';
import { type ReadSecret, readFile } from '#lib/configuration/file.ts';
import {
  applyConfiguration,
  ConfigurationRefusal,
  describeProblem,
  planConfiguration,
} from '#lib/configuration/plan.ts';
import { undoRevision } from '#lib/configuration/undo.ts';
import { listWarnings } from '#lib/configuration/warnings.ts';
import { addDirectoryEntry } from '#lib/contacts/directory-entry.ts';
import { db } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { runFrom } from '#lib/history/origin.ts';
import { listRevisions, readRevisionNumber } from '#lib/history/revision.ts';
import { addRelayRule, listRelayRules } from '#lib/queue/relay-rule.ts';
import { readSetting, writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'ada@example.test';
const noSecrets: ReadSecret = () => {
  throw new Refusal('invalid', 'Not here.');
};
const withSecret: ReadSecret = (reference) =>
  'env' in reference && reference.env === 'WORD' ? 'relay word' : noSecrets(reference);
const read = (text: string) => readFile(text, withSecret);

/** Some of everything. */
async function fill(): Promise<void> {
  await writeSetting('web.title', 'Post: office', by);
  await writeSetting('smtp.recipientDelimiter', '-', by);
  await addDomain({ name: 'example.test', comment: 'ours', quotaBytes: 5_000_000 }, by);
  await addDomain({ name: 'empty.test' }, by);
  await addAccount(
    { address: 'ada@example.test', password: { stored: null }, displayName: 'Ada' },
    by,
  );
  const desk = await addAccount({ address: 'desk@example.test', password: { stored: null } }, by);
  await giveRole(desk.id, { role: 'help-desk', domains: ['empty.test', 'example.test'] }, by);
  await updateAccount(desk.id, { isDisabled: true, quotaBytes: 0, dailyMessages: 5 }, by);
  await updateDomain('example.test', { archive: 'ada@example.test' }, by);
  await addDomain({ name: 'alias.test', aliasOf: 'example.test' }, by);
  const text = 'Line one\n\n  -- # not a comment: true\n';
  await writeFooter('example.test', { text, html: '<p>"x"</p>', for: 'everyone' }, by);
  const targets = ['olive@far.test', 'ada@example.test'];
  await addAlias({ address: '@empty.test', targets }, by);
  await addAlias({ address: 'team-*@example.test', targets, posters: 'inside' }, by);
  const { id } = await addSharedMailbox({ address: 'sales@example.test', displayName: 'S' }, by);
  await updateAccount(id, { isDisabled: true, quotaMessages: 9 }, by);
  await setMember(id, desk.id, { mayWrite: false, maySend: true }, by);
  const gone = await addAccount({ address: 'gone@example.test', password: { stored: null } }, by);
  await setMember(id, gone.id, { mayWrite: true, maySend: true }, by);
  await deleteAccount(gone.id, by);
  await addDirectoryEntry('empty.test', { name: 'Olive', address: 'olive@far.test' }, by);
  await addNetwork({ cidr: '10.0.0.0/8', comment: 'yes' }, by);
  await addNetwork({ cidr: '2001:db8::/32', expiresAt: new Date('2999-01-01T00:00:00Z') }, by);
  for (const pattern of ['@b.test', '@a.test', '@c.test']) {
    await addAccessRule({ scope: 'sender', pattern, action: 'reject', argument: 'No: go' }, by);
  }
  const redirect = { action: 'redirect' as const, argument: 'ada@example.test' };
  await addAccessRule({ scope: 'header', pattern: 'Subject: *x*', ...redirect }, by);
  await addRewrite({ scope: 'recipient', pattern: '@old.test', replacement: '@new.test' }, by);
  await addRelayRule({ target: 'hosts', hosts: 'smart.test:587', concurrency: 4 }, by);
  await addRelayRule({ recipient: 'far.test', target: 'hold' }, by);
  await addRelayRule({ recipient: 'far.test', target: 'return', text: 'Not there' }, by);
}

describe('the configuration as a file', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let exported = '';
  before(async () => {
    database = await openTestDatabase();
    await fill();
    exported = await exportConfiguration();
    await database.close();
    database = await openTestDatabase();
  });
  after(() => database.close());

  it('gives the same bytes after it was applied to an empty server', async () => {
    assert.match(exported, /name: example\.test/);
    const plan = await planConfiguration(read(exported));
    assert.deepEqual(plan.problems.map(describeProblem), []);
    assert.equal(await readRevisionNumber(), 0, 'a plan changes nothing');
    assert.equal(await findDomain('example.test'), null);
    const origin = { place: 'command line', reason: 'Moved here' };
    const done = await runFrom(origin, () => applyConfiguration(read(exported), by));
    assert.deepEqual(done, plan.changes);
    assert.equal(await exportConfiguration(), exported);
    const revisions = await listRevisions({ pageSize: 1000 });
    assert.equal(new Set(revisions.map(({ groupId }) => groupId)).size, 1);
    assert.ok(revisions.every(({ reason }) => reason === 'Moved here'));
    assert.equal((await findAccount('ada@example.test'))?.hasPassword, false);
  });

  it('changes nothing the second time', async () => {
    const { changes, problems } = await planConfiguration(read(exported));
    assert.deepEqual([changes, problems], [[], []]);
    const count = await readRevisionNumber();
    assert.deepEqual(await applyConfiguration(read(exported), by), []);
    assert.equal(await readRevisionNumber(), count);
  });

  it('touches only what stands in the file, and removes where it is told', async () => {
    const part = `
drey: 1
settings:
  web.title: Another
networks:
  prune: true
  entries:
    - cidr: 10.0.0.0/8
    - cidr: 192.0.2.5
      comment: new
`;
    const { changes } = await planConfiguration(read(part));
    assert.deepEqual(
      changes.map(({ action, subject }) => `${action} ${subject}`),
      ['remove network 2001:db8::/32', 'change setting web.title', 'add network 192.0.2.5/32'],
    );
    assert.deepEqual(changes[1]?.differences, [
      { field: 'value', before: 'Post: office', after: 'Another' },
    ]);
    assert.equal(changes[2]?.line, 9);
    await applyConfiguration(read(part), by);
    assert.equal(await readSetting('web.title'), 'Another');
    assert.equal(await readSetting('smtp.recipientDelimiter'), '-');
    const networks = await listNetworks();
    assert.deepEqual(
      networks.map(({ cidr, comment }) => [cidr, comment]),
      [
        ['10.0.0.0/8', 'yes'],
        ['192.0.2.5/32', 'new'],
      ],
    );
  });

  it('sees keys that stand twice in a mapping, of however many', () => {
    const networks = 'networks:\n  - cidr: 10.0.0.0/8\n    comment: one\n    comment: two\n';
    const { problems } = read(`drey: 1\n${networks}networks: []\n`);
    assert.deepEqual(problems.map(describeProblem), [
      'line 6: The key "networks" stands here twice.',
      'line 5: The key "comment" stands here twice.',
    ]);
    const many = Array.from({ length: 40_000 }, (_, index) => `  "web.k${index}": 1\n`).join('');
    assert.equal(read(`drey: 1\nsettings:\n${many}`).problems.length, 40_000);
  });

  it('takes no NUL, however it is written', () => {
    const networks = 'networks:\n  - cidr: 10.0.0.0/8\n    comment: "a\\0b"\n  - "\\x00kept": 1\n';
    const { problems } = read(`drey: 1\n${networks}`);
    const held = 'A text here holds a NUL character, which no database keeps.';
    assert.deepEqual(problems.map(describeProblem), [`line 4: ${held}`, `line 5: ${held}`]);
  });

  it('names every error with its place, and does nothing', async () => {
    const wrong = `drey: 1
settings:
  web.pageSize: 5000
  web.nonsense: 1
domains:
  - name: new.test
  - name: new.test
aliases:
  - address: x@nowhere.test
    targets: [ada@example.test]
  - address: y@new.test
    targets: 5
users:
  prune: true
  entries: []
wishes: []
`;
    const { problems } = await planConfiguration(read(wrong));
    const places = problems.map(describeProblem);
    const expected = [
      /^line 3, settings: .*200/,
      /^line 4, settings: There is no setting "web\.nonsense"/,
      /^line 7, domains: .*twice/,
      /^line 11, aliases: targets: /,
      /^line 13, users: No "prune" here/,
      /^line 16, wishes: There is no section/,
    ];
    for (const [index, pattern] of expected.entries()) assert.match(places[index] ?? '', pattern);
    assert.equal(places.length, expected.length);
    const late = 'aliases:\n  - address: x@nowhere.test\n    targets: [a@b.test]\n';
    const good = 'domains:\n  - name: new.test\n';
    const count = await readRevisionNumber();
    const second = await planConfiguration(read(good + late));
    assert.match(second.problems.map(describeProblem).join(), /^line 4, aliases: alias x@nowhere/);
    await assert.rejects(applyConfiguration(read(good + late), by), ConfigurationRefusal);
    assert.equal(await readRevisionNumber(), count);
    assert.equal(await findDomain('new.test'), null);
    for (const text of [
      '',
      'a: [',
      '- 1',
      '&a [*a]',
      'settings: 5',
      'networks: [1]',
      'x: 1\nx: 2',
    ]) {
      const broken = await planConfiguration(read(text));
      assert.ok(broken.problems.length > 0, text);
    }
  });

  it('does not care in which order things depend on each other', async () => {
    const file = `
aliases:
  - address: info@late.test
    targets: [eve@late.test]
users:
  - address: eve@late.test
    role: domain-admin
    domains: [late.test]
domains:
  - name: also.test
    aliasOf: late.test
  - name: late.test
    archive: info@late.test
`;
    assert.deepEqual((await planConfiguration(read(file))).problems, []);
    await applyConfiguration(read(file), by);
    assert.equal((await findDomain('late.test'))?.archive, 'info@late.test');
    assert.deepEqual((await findAlias('info@late.test'))?.targets, ['eve@late.test']);
    assert.deepEqual((await planConfiguration(read(file))).changes, []);
  });

  it('takes hashes of passwords as an import does, and keeps none in clear', async () => {
    const fileOf = (hash: string) =>
      `users:\n  - address: hash@example.test\n    passwordHash: '${hash}'\n`;
    for (const [hash, reason] of [
      ['{DES-CRYPT}abJnggxhB/yWI', /DES/],
      ['$6$rounds=999999999$salt$abc', /costs more/],
      ['secret', /not taken over/],
    ] as const) {
      const { problems } = await planConfiguration(read(fileOf(hash)));
      assert.match(problems.map(describeProblem).join(), reason, hash);
    }
    await applyConfiguration(read(fileOf('{PLAIN}an oak of nine twigs')), by);
    const row = await db.account.findUnique({ where: { address: 'hash@example.test' } });
    assert.match(row?.passwordHash ?? '', /^\$argon2id\$/);
    await removeAccount(row?.id ?? '', by);
  });

  it('makes shared mailboxes with members, and takes members and directory entries away', async () => {
    const file = `
members:
  prune: true
  entries:
    - {mailbox: help@example.test, address: ada@example.test, mayWrite: false}
sharedMailboxes:
  - {address: help@example.test, displayName: Help, quotaBytes: 5000}
directory:
  prune: true
  entries:
    - {domain: example.test, address: olive@far.test, name: Olive, phone: '123'}
`;
    const { changes, problems } = await planConfiguration(read(file));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      changes.map(({ action, subject }) => `${action} ${subject}`),
      [
        'remove directory entry olive@far.test of empty.test',
        'remove member desk@example.test of sales@example.test',
        'add member ada@example.test of help@example.test',
        'add shared mailbox help@example.test',
        'add directory entry olive@far.test of example.test',
      ],
    );
    await applyConfiguration(read(file), by);
    const { id, quotaBytes } = await requireSharedMailbox('help@example.test');
    assert.equal(quotaBytes, 5000);
    const [member] = (await listMembers([id])).get(id) ?? [];
    assert.deepEqual([member?.mayWrite, member?.maySend], [false, false]);
    assert.deepEqual((await planConfiguration(read(file))).changes, []);
    const pruned = 'sharedMailboxes: { prune: true, entries: [] }';
    const refused = (await planConfiguration(read(pruned))).problems;
    assert.match(refused.map(describeProblem).join(), /No "prune" here/);
    const nobody = 'members: [{mailbox: help@example.test, address: nobody@example.test}]';
    const missing = (await planConfiguration(read(nobody))).problems;
    assert.match(missing.map(describeProblem).join(), /There is no user nobody@example.test/);
  });

  it('brings lists into its order and leaves others where they are', async () => {
    const rules = (patterns: string[]) =>
      `accessRules:\n${patterns.map((one) => `  - {scope: sender, pattern: '${one}', action: reject}\n`).join('')}`;
    const order = async () =>
      [...(await exportConfiguration()).matchAll(/pattern: "(@[a-z].test)"/g)].map(
        ([, one]) => one,
      );
    await applyConfiguration(read(rules(['@c.test', '@b.test'])), by);
    assert.deepEqual(await order(), ['@c.test', '@a.test', '@b.test']);
    const revision = (await listRevisions({ pageSize: 1 }))[0];
    assert.equal(revision?.kind, 'access rule');
    await undoRevision(revision?.id ?? 0, by);
    await applyConfiguration(read(rules(['@z.test', '@c.test'])), by);
    const after = await order();
    assert.ok(after.indexOf('@z.test') < after.indexOf('@c.test'));
  });

  it('takes secrets by reference, keeps them, and never writes them', async () => {
    const rule = (password: string) =>
      `relayRules:\n  - {sender: me.test, target: hosts, hosts: 'relay.test:587', username: u, password: ${password}}\n`;
    const kept = await planConfiguration(read(rule('{ secret: kept }')));
    assert.match(describeProblem(kept.problems[0]!), /no secret here to keep/);
    for (const wrong of ['plain', '{ env: OTHER }', '{ file: /x }']) {
      const { problems } = await planConfiguration(read(rule(wrong)));
      assert.equal(problems.length, 1, wrong);
    }
    const plan = await planConfiguration(read(rule('{ env: WORD }')));
    assert.doesNotMatch(JSON.stringify(plan), /relay word/);
    await applyConfiguration(read(rule('{ env: WORD }')), by);
    const rules = await listRelayRules();
    assert.equal(rules.find(({ sender }) => sender === 'me.test')?.hasPassword, true);
    for (const same of ['{ env: WORD }', '{ secret: kept }']) {
      assert.deepEqual((await planConfiguration(read(rule(same)))).changes, [], same);
    }
    const text = await exportConfiguration({ withHashes: true });
    assert.match(text, /secret: kept/);
    assert.doesNotMatch(text, /relay word|v1:/);
    assert.deepEqual((await planConfiguration(read(text))).changes, []);
  });

  it('tells what would not fit together, and applies it all the same', async () => {
    const quota = 'settings:\n  storage.defaultQuotaBytes: 10000000\n';
    const { changes, problems, warnings } = await planConfiguration(read(quota));
    assert.deepEqual(problems, []);
    assert.match(warnings.join('\n'), /^The quota of a user is smaller than the largest message/);
    assert.equal(warnings.length, 1);
    assert.deepEqual(await listWarnings(changes), [], 'nothing is so yet');
    assert.deepEqual(await listWarnings(await applyConfiguration(read(quota), by)), warnings);
    // Of what a file leaves alone it says nothing.
    const title = await planConfiguration(read('settings:\n  web.title: Post\n'));
    assert.deepEqual(title.warnings, []);
    await undoRevision(await readRevisionNumber(), by);
  });
});
