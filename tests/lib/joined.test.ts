// Several functions that each write, as one transaction.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addNetwork, isTrustedAddress, listNetworks } from '#lib/accounts/network.ts';
import { passTime } from '#lib/clock.ts';
import { OverTime } from '#lib/context.ts';
import { isRefusal } from '#lib/errors.ts';
import { rehearse, writeJoined, writePart } from '#lib/joined.ts';
import { onPoke } from '#lib/poke.ts';
import { readSetting, writeSetting } from '#lib/settings/index.ts';
import { onEvents } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'test';
const names = async () => (await listNetworks()).map(({ cidr }) => cidr);

describe('joined writes', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  const told: string[] = [];
  const ends: (() => void)[] = [];
  before(async () => {
    database = await openTestDatabase();
    ends.push(onEvents((events) => told.push(...events.map(({ recipient = '' }) => recipient))));
    ends.push(onPoke('settings', () => told.push('poke')));
  });
  after(async () => {
    for (const end of ends) end();
    await database.close();
  });

  it('are all there or none, and others are told afterwards', async () => {
    await assert.rejects(
      writeJoined(async () => {
        await addNetwork({ cidr: '10.1.0.0/16' }, by);
        assert.deepEqual(await names(), ['10.1.0.0/16'], 'reads see what was written');
        await addNetwork({ cidr: '10.1.0.0/16' }, by);
      }),
      (error) => isRefusal(error, 'exists'),
    );
    assert.deepEqual(await names(), []);
    assert.deepEqual(told, []);
    await writeJoined(async () => {
      await addNetwork({ cidr: '10.1.0.0/16' }, by);
      await addNetwork({ cidr: '10.2.0.0/16' }, by);
      assert.deepEqual(told, []);
    });
    assert.deepEqual(await names(), ['10.1.0.0/16', '10.2.0.0/16']);
    assert.deepEqual(told, ['network 10.1.0.0/16', 'poke', 'network 10.2.0.0/16', 'poke']);
  });

  it('are none where they hold the writer for longer than they may', async () => {
    const before = await names();
    let [begun, late] = [0, 0];
    const trial = rehearse(async () => {
      begun++;
      await addNetwork({ cidr: '10.3.0.0/16' }, by);
      passTime(1001);
      await writePart(async () => {
        late++;
      });
    }, 1000);
    await assert.rejects(trial, OverTime);
    assert.deepEqual([begun, late, await names()], [1, 0, before]);
    const whole = rehearse(() => addNetwork({ cidr: '10.3.0.0/16' }, by), 1000);
    assert.equal((await whole).cidr, '10.3.0.0/16');
  });

  it('leave nothing where they were rehearsed, also in what is remembered', async () => {
    const title = await readSetting('web.title');
    told.length = 0;
    const seen = await rehearse(async () => {
      await writeSetting('web.title', 'Rehearsed', by);
      await addNetwork({ cidr: '192.0.2.0/24' }, by);
      assert.equal(await isTrustedAddress('192.0.2.7'), true);
      return readSetting('web.title');
    });
    assert.equal(seen, 'Rehearsed');
    assert.equal(await readSetting('web.title'), title);
    assert.equal(await isTrustedAddress('192.0.2.7'), false);
    assert.deepEqual(told, []);
  });

  it('go on after a part that failed', async () => {
    await writeJoined(async () => {
      await assert.rejects(writePart(() => addNetwork({ cidr: '10.2.0.0/16' }, by)));
      await writePart(() => addNetwork({ cidr: '10.3.0.0/16' }, by));
    });
    assert.deepEqual(await names(), ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16']);
  });

  it('hold nobody else’s writes', async () => {
    await Promise.all([
      writeJoined(async () => {
        await addNetwork({ cidr: '10.4.0.0/16' }, by);
        await assert.rejects(addNetwork({ cidr: 'nonsense' }, by));
      }),
      addNetwork({ cidr: '10.5.0.0/16' }, by),
    ]);
    assert.equal((await names()).length, 5);
  });
});
