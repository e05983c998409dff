// Suggestions while a recipient is typed: where they come from, their order, and ten thousand contacts.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { now } from '#lib/clock.ts';
import { forgetBook } from '#lib/contacts/book.ts';
import { forgetCorrespondent, noteCorrespondents } from '#lib/contacts/correspondent.ts';
import { forgetDirectory } from '#lib/contacts/directory.ts';
import { foldText, rankWord } from '#lib/contacts/fold.ts';
import { suggestRecipients } from '#lib/contacts/suggest.ts';
import { insertRows, sql, write } from '#lib/db.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

type Database = Awaited<ReturnType<typeof openTestDatabase>>;

describe('suggestions of recipients', () => {
  let database: Database;
  let ada: { id: string; address: string; domainId: string };
  const suggest = async (text: string) =>
    (await suggestRecipients(ada, text)).map(({ kind, name, address }) =>
      `${kind} ${name} ${address}`.replace(/ +/g, ' ').trim(),
    );

  before(async () => {
    database = await openTestDatabase();
    for (const name of ['example.org', 'other.example']) await addDomain({ name }, 'test');
    const add = (address: string, displayName: string) =>
      addAccount({ address, displayName, password: 'a long enough phrase 1' }, 'test');
    ada = await add('ada@example.org', 'Ada Lovelace');
    await add('grace@example.org', 'Grace Hopper');
    await add('far@other.example', 'Grace Faraway');
    await addAlias(
      { address: 'team@example.org', targets: ['ada@example.org', 'grace@example.org'] },
      'test',
    );
    await addAlias(
      {
        address: 'board@example.org',
        targets: ['grace@example.org', 'x@y.example'],
        posters: 'members',
      },
      'test',
    );
    await addAlias({ address: 'gracie@example.org', targets: ['grace@example.org'] }, 'test');
  });
  after(() => database.close());

  it('finds users and groups of the own domain alone', async () => {
    assert.deepEqual(await suggest('gra'), ['directory Grace Hopper grace@example.org']);
    assert.deepEqual(await suggest('tea'), ['directory team@example.org']);
    assert.deepEqual(await suggest('boar'), [], 'only its members may write to it');
    assert.deepEqual(await suggest('ada'), [], 'not oneself');
    await writeSetting('directory.scope', 'all', 'test');
    assert.equal((await suggest('grace')).length, 2);
    await writeSetting('directory.isShown', false, 'test');
    assert.deepEqual(await suggest('grace'), []);
    await resetSetting('directory.scope', 'test');
    await resetSetting('directory.isShown', 'test');
  });

  it('puts first whom one writes to, and forgets on request', async () => {
    await noteCorrespondents(ada.id, [
      { name: 'Gregor Samsa', address: 'GREGOR@prague.example' },
      { name: '', address: 'no-reply@shop.example' },
      { name: 'Bad', address: 'nothing' },
    ]);
    await noteCorrespondents(ada.id, [{ name: '', address: 'gregor@prague.example' }]);
    assert.deepEqual(await suggest('gr'), [
      'correspondent Gregor Samsa gregor@prague.example',
      'directory Grace Hopper grace@example.org',
    ]);
    assert.deepEqual(await suggest(''), ['correspondent Gregor Samsa gregor@prague.example']);
    await forgetCorrespondent(ada.id, 'gregor@prague.example');
    await noteCorrespondents(ada.id, [{ address: 'gregor@prague.example' }]);
    assert.deepEqual(await suggest('greg'), []);
  });

  it('answers quickly with ten thousand contacts', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => i);
    await write(async (tx) => {
      await insertRows(
        tx,
        sql`INSERT INTO "Contact" ("accountId", "id", "uid", "name", "createdAt", "updatedAt")`,
        rows.map(
          (i) => sql`(${ada.id}, ${`c${i}`}, ${`u${i}`}, ${`Zoë Müller ${i}`}, ${now()}, ${now()})`,
        ),
      );
      await insertRows(
        tx,
        sql`INSERT INTO "ContactAddress" ("accountId", "contactId", "position", "address")`,
        rows.map((i) => sql`(${ada.id}, ${`c${i}`}, 0, ${`zoe${i}@many.example`})`),
      );
    });
    forgetBook(ada.id);
    assert.deepEqual(await suggest('muller 9999'), [
      'contact Zoë Müller 9999 zoe9999@many.example',
    ]);
    assert.equal((await suggest('zoe mu')).length, 15);
    assert.deepEqual(await suggest('zoe77@'), ['contact Zoë Müller 77 zoe77@many.example']);
    assert.deepEqual(await suggest('zzz'), []);
    forgetDirectory(ada.domainId);
  });

  it('folds and ranks words', () => {
    for (const [text, folded] of [
      ['Łukasz', 'lukasz'],
      ['ÉCOLE', 'ecole'],
      ['Straße', 'strasse'],
      ['ABC', 'abc'],
    ] as const) {
      assert.equal(foldText(text), folded);
    }
    for (const [text, word, rank] of [
      ['ann lee', 'ann', 3],
      ['ann lee', 'lee', 2],
      ['bob@example.org', 'exam', 2],
      ['joanna lee', 'ann', 1],
      ['joanna', 'an', 0],
      ['ann', 'x', 0],
    ] as const) {
      assert.equal(rankWord(text, word), rank, `${word} in ${text}`);
    }
  });
});
