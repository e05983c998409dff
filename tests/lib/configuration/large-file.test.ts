// A file of more changes than one transaction may have: compared without holding anybody up, refused whole, and applied in parts
// between which others write.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { findAlias } from '#lib/accounts/alias.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { addNetwork, listNetworks, updateNetwork } from '#lib/accounts/network.ts';
import { readFile } from '#lib/configuration/file.ts';
import {
  applyConfiguration,
  applyInParts,
  ConfigurationRefusal,
  mostAtOnce,
  planConfiguration,
} from '#lib/configuration/plan.ts';
import { write } from '#lib/db.ts';
import { runFrom } from '#lib/history/origin.ts';
import { listRevisions, readRevisionNumber } from '#lib/history/revision.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'ada@example.test';
const count = mostAtOnce + 500;
const networks = Array.from(
  { length: count },
  (_, index) => `  - cidr: 10.${index >> 8}.${index & 255}.0/24`,
);
/** An alias of a domain that stands further down, and perhaps one of none. */
const fileOf = (wrong: string) => `
aliases:
  - address: team@new.test
    targets: [${by}]
${wrong}
networks:
${networks.join('\n')}
domains:
  - name: new.test
`;
const right = readFile(fileOf(''), String);
const wrong = readFile(fileOf(`  - address: x@nowhere.test\n    targets: [${by}]`), String);

describe('a large file', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, by);
    await addAccount({ address: by, password: { stored: null } }, by);
  });
  after(() => database.close());

  it('is compared while somebody else writes, and said not to be tried', async () => {
    const open = Promise.withResolvers<void>();
    const writing = write(() => open.promise);
    const plan = await planConfiguration(right);
    open.resolve();
    await writing;
    assert.deepEqual([plan.changes.length, plan.problems, plan.isTried], [count + 2, [], false]);
    const small = readFile('networks:\n  - cidr: 192.0.2.0/24\n', String);
    assert.equal((await planConfiguration(small)).isTried, true);
    const { changes, isTried } = await planConfiguration(small, -1);
    assert.deepEqual([changes.length, isTried], [1, false], 'no time for it');
  });

  it('is not applied whole, and says what to do', async () => {
    const number = await readRevisionNumber();
    await assert.rejects(applyConfiguration(right, by), {
      reason: 'limit',
      message: /change 1502 things.*--in-parts/,
    });
    assert.equal(await readRevisionNumber(), number);
  });

  it('is applied in parts: others write meanwhile, what is refused stops nothing else', async () => {
    const parts = runFrom({}, () => applyInParts(wrong, by)).then(
      () => 'all',
      (error) => error,
    );
    const other = addNetwork({ cidr: '192.0.2.0/24' }, 'other').then(() => 'other');
    assert.equal(await Promise.race([parts, other]), 'other');
    const refusal = await parts;
    assert.ok(refusal instanceof ConfigurationRefusal);
    assert.deepEqual(
      refusal.problems.map(({ line, section }) => [line, section]),
      [[5, 'aliases']],
    );
    assert.ok(await findAlias('team@new.test'));
    assert.equal((await listNetworks()).length, count + 1);
    const [last] = await listRevisions({ by, pageSize: 1 });
    assert.equal(last?.groupSize, count + 2);
    // Once more: nothing is left to do.
    assert.deepEqual(await applyInParts(right, by), []);
  });

  it('reads before the transaction, and again where somebody has changed something since', async () => {
    const cidr = '192.0.2.0/24';
    for (let turn = 0; turn < 3; turn++) {
      const file = readFile(`networks:\n  - cidr: ${cidr}\n    comment: file ${turn}\n`, String);
      const [changes] = await Promise.all([
        applyConfiguration(file, by),
        updateNetwork(cidr, { comment: `other ${turn}` }, by),
      ]);
      assert.equal(changes.length, 1);
      const revisions = await listRevisions({ search: cidr, pageSize: 2 });
      const [after, before] = revisions.map((one) => [one.before?.comment, one.after?.comment]);
      assert.equal(after?.[0], before?.[1], 'one after the other');
    }
  });
});
