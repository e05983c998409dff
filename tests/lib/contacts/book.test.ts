// A personal book in the database: whose it is, its limits, files by each way of treating known contacts, groups,
// duplicates, and nothing half done.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { readBook } from '#lib/contacts/book.ts';
import {
  addContact,
  addPeople,
  maxContacts,
  readContact,
  readContacts,
  removeContacts,
  updateContact,
} from '#lib/contacts/contact.ts';
import { searchDirectory } from '#lib/contacts/directory.ts';
import {
  addDirectoryEntry,
  removeDirectoryEntry,
  updateDirectoryEntry,
} from '#lib/contacts/directory-entry.ts';
import {
  listEntryPage,
  removeDirectoryEntries,
  walkEntries,
} from '#lib/contacts/directory-list.ts';
import { exportBook } from '#lib/contacts/export-book.ts';
import { addGroup, removeGroup, updateGroup } from '#lib/contacts/group.ts';
import { importContacts, previewImport, readBookFile } from '#lib/contacts/import-file.ts';
import { findDuplicates, mergeContacts } from '#lib/contacts/merge.ts';
import { importIdentities } from '#lib/webmail/squirrelmail/identities.ts';
import { openTestDatabase } from '#tests/support/database.ts';

describe('a personal book', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let ada: Awaited<ReturnType<typeof addAccount>>;
  let eve: typeof ada;
  const names = async (id = ada.id) => (await readBook(id)).entries.map(({ name }) => name);
  const file = (text: string, name = 'x.csv') => readBookFile(Buffer.from(text), name, ada.address);

  before(async () => {
    database = await openTestDatabase();
    for (const name of ['example.org', 'other.example']) await addDomain({ name }, 'test');
    const add = (address: string) =>
      addAccount({ address, password: 'a long enough phrase 1' }, 'test');
    ada = await add('ada@example.org');
    eve = await add('eve@other.example');
  });
  after(() => database.close());

  it('keeps everything of a contact, for its owner alone', async () => {
    const input = {
      name: 'Grace',
      addresses: ['G@x.example', { address: 'g2@x.example', kind: 'work' }],
      phones: ['1'],
      birthday: '--12-09',
      website: 'navy.example',
      note: 'a\nb',
    };
    const grace = await addContact(ada.id, input);
    assert.deepEqual(grace.addresses, [
      { address: 'g@x.example', kind: '' },
      { address: 'g2@x.example', kind: 'work' },
    ]);
    assert.equal(grace.birthday, '--12-09');
    assert.equal(grace.website, 'https://navy.example/');
    for (const step of [
      () => readContact(eve.id, grace.id),
      () => updateContact(eve.id, grace.id, input),
      () => mergeContacts(eve.id, [grace.id, grace.id]),
    ]) {
      await assert.rejects(step, { reason: 'not-found' });
    }
    await removeContacts(eve.id, [grace.id]);
    assert.deepEqual(await names(), ['Grace']);
    const changed = await updateContact(ada.id, grace.id, {
      ...input,
      addresses: ['g3@x.example'],
      note: '',
    });
    assert.deepEqual(
      changed.addresses.map(({ address }) => address),
      ['g3@x.example'],
    );
    await assert.rejects(addContact(ada.id, { name: ' ', note: 'x' }), {
      reason: 'invalid',
      field: 'name',
    });
    await assert.rejects(addContact(ada.id, { name: 'x', addresses: ['no'] }), {
      reason: 'invalid',
      field: 'addresses',
    });
    await assert.rejects(addContact(ada.id, { name: 'x', photo: { data: 'PHN2Zz4=' } }), {
      reason: 'invalid',
      field: 'photo',
    });
  });

  it('takes people of a message once', async () => {
    const people = [
      { name: 'New', address: 'NEW@x.example' },
      { name: 'Again', address: 'g3@x.example' },
      { address: 'broken' },
    ];
    assert.deepEqual(await addPeople(ada.id, people), { added: 1, known: 1 });
    assert.deepEqual(await addPeople(ada.id, people), { added: 0, known: 2 });
    await assert.rejects(addPeople(ada.id, [{ address: 'x' }]), { reason: 'invalid' });
  });

  it('has groups', async () => {
    const ids = (await readBook(ada.id)).entries.map(({ id }) => id);
    const id = await addGroup(ada.id, 'All', [...ids, 'no such']);
    await assert.rejects(addGroup(ada.id, 'All'), { reason: 'exists' });
    await assert.rejects(updateGroup(eve.id, id, { name: 'Mine' }), { reason: 'not-found' });
    await assert.rejects(removeGroup(eve.id, id), { reason: 'not-found' });
    const other = await addGroup(eve.id, 'All', ids);
    assert.deepEqual((await readBook(eve.id)).groups[0]?.contactIds, [], 'nobody else’s contacts');
    await removeGroup(eve.id, other);
    await updateGroup(ada.id, id, { name: 'Some', remove: [ids[0] ?? ''] });
    const [group] = (await readBook(ada.id)).groups;
    assert.deepEqual([group?.name, group?.contactIds.length], ['Some', 1]);
    assert.match(await exportBook(ada.id, 'vcard4', { groupId: id }), /CATEGORIES:Some/);
  });

  it('takes files: known ones left, completed or added again', async () => {
    const table =
      'Name,E-mail,Phone,Groups\nGrace H,g3@x.example,77,Navy\nBob,bob@x.example,,Navy ::: Other\n';
    const shown = await previewImport(ada.id, file(table));
    assert.deepEqual([shown.format, shown.found, shown.known, shown.added], ['table', 2, 1, 1]);
    assert.deepEqual(await names(), ['Grace', 'New'], 'only looked');
    const first = await importContacts(ada.id, file(table), 'skip');
    assert.deepEqual([first.added, first.merged], [1, 0]);
    const second = await importContacts(ada.id, file(table), 'merge');
    assert.deepEqual([second.added, second.merged], [0, 2]);
    const grace = (await readContacts(ada.id)).find(({ name }) => name === 'Grace');
    assert.deepEqual(
      grace?.phones.map(({ number }) => number),
      ['1', '77'],
    );
    const { groups } = await readBook(ada.id);
    assert.deepEqual(
      groups.map(({ name, contactIds }) => `${name} ${contactIds.length}`),
      ['Navy 2', 'Other 1', 'Some 1'],
    );
    await importContacts(ada.id, file(table), 'add');
    assert.equal((await names()).length, 5);
    assert.throws(() => readBookFile(Buffer.alloc(11 * 1024 * 1024), 'x', ''), {
      reason: 'too-big',
    });
  });

  it('finds duplicates and makes them one', async () => {
    const sets = await findDuplicates(ada.id);
    assert.equal(sets.length, 2);
    for (const set of sets) await mergeContacts(ada.id, set);
    assert.deepEqual(await findDuplicates(ada.id), []);
    assert.equal((await names()).length, 3);
  });

  it('has an end', async () => {
    const rows = Array.from({ length: maxContacts }, (_, i) => `P${i},p${i}@many.example`).join(
      '\n',
    );
    await assert.rejects(importContacts(ada.id, file(`Name,E-mail\n${rows}`), 'skip'), {
      reason: 'limit',
    });
    assert.equal((await names()).length, 3, 'nothing half done');
  });

  it('keeps foreign identities out', async () => {
    const identity = { name: 'A', replyTo: '', signature: 's' };
    const result = await importIdentities(ada, [
      { ...identity, address: 'ada@example.org' },
      { ...identity, address: 'boss@other.example' },
      { ...identity, address: 'ada@example.org' },
    ]);
    assert.deepEqual(result, { added: 1, known: 1, foreign: 1 });
  });
});

describe('entries of the directory', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
    for (const name of ['example.org', 'other.example']) await addDomain({ name }, 'test');
  });
  after(() => database.close());

  it('are seen in their domain alone', async () => {
    const own = await addAccount(
      { address: 'ada@example.org', password: 'a long enough phrase 1' },
      'test',
    );
    const other = await addAccount(
      { address: 'eve@other.example', password: 'a long enough phrase 1' },
      'test',
    );
    const id = await addDirectoryEntry(
      'example.org',
      { name: 'Town\nhall', address: 'Office@Town.example' },
      'test',
    );
    const seen = async (who: typeof own) =>
      (await searchDirectory(who, 'town')).people.map(({ name, address }) => `${name} ${address}`);
    assert.deepEqual(await seen(own), ['Town hall office@town.example']);
    assert.deepEqual(await seen(other), []);
    await assert.rejects(
      addDirectoryEntry('example.org', { name: '', address: 'office@town.example' }, 'test'),
      { reason: 'exists' },
    );
    await assert.rejects(
      addDirectoryEntry('nowhere.example', { name: '', address: 'a@b.example' }, 'test'),
      { reason: 'not-found' },
    );
    await updateDirectoryEntry(
      id,
      { name: 'Office', address: 'office@town.example', phone: '1' },
      'test',
    );
    assert.deepEqual(await seen(own), ['Office office@town.example']);
    assert.equal((await listEntryPage({ search: 'OFFICE', domain: 'example.org' })).total, 1);
    const others = [
      { name: 'Mayor', address: 'mayor@town.example', organization: 'Council' },
      { name: 'Archive', address: 'archive@town.example', organization: 'Council' },
    ];
    for (const other of others) await addDirectoryEntry('example.org', other, 'test');
    const page = await listEntryPage({ pageSize: 2 });
    assert.deepEqual(
      [page.total, ...page.rows.map(({ name, domain }) => `${name} ${domain}`)],
      [3, 'Archive example.org', 'Mayor example.org'],
    );
    const rest = await listEntryPage({ pageSize: 2, after: page.next! });
    assert.deepEqual(
      rest.rows.map(({ name }) => name),
      ['Office'],
    );
    assert.equal((await listEntryPage({ domain: 'other.example' })).total, 0);
    const removed = await removeDirectoryEntries({ filter: { search: 'council' } }, 'test');
    assert.deepEqual(removed, { done: 2, refused: 0, reasons: [] });
    assert.equal((await Array.fromAsync(walkEntries())).length, 1);
    await removeDirectoryEntry(id, 'test');
    await assert.rejects(removeDirectoryEntry(id, 'test'), { reason: 'not-found' });
    assert.deepEqual(await seen(own), []);
  });
});
