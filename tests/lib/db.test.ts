// The database gate: what is acknowledged is stored, what throws leaves nothing, reads never join a write,
// and other processes are noticed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { db, isUniqueViolation, write } from '#lib/db.ts';
import { onPoke, watchOtherProcesses } from '#lib/poke.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const database = await openTestDatabase();
after(database.close);

const insert = (id: string) =>
  write((tx) => tx.setting.create({ data: { id, value: '1', updatedAt: new Date() } }));

describe('the database gate', () => {
  it('commits many waiting steps together; one that throws harms no other', async () => {
    const settled = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => insert(`k${index % 80}`)),
    );
    const failures = settled.filter((result) => result.status === 'rejected');
    assert.equal(failures.length, 20);
    assert.ok(failures.every((failure) => isUniqueViolation(failure.reason)));
    assert.equal(await db.setting.count(), 80);
  });

  it('undoes all of a step that throws half way', async () => {
    await Promise.allSettled([
      write(async (tx) => {
        await tx.setting.create({ data: { id: 'half', value: '1', updatedAt: new Date() } });
        throw new Error('half way');
      }),
      insert('whole'),
    ]);
    assert.equal(await db.setting.count({ where: { id: 'half' } }), 0);
    assert.equal(await db.setting.count({ where: { id: 'whole' } }), 1);
  });

  it('keeps reads out of an open transaction, and refuses a write outside write()', async () => {
    let seenInside = -1;
    await write(async (tx) => {
      await tx.setting.create({ data: { id: 'open', value: '1', updatedAt: new Date() } });
      seenInside = await db.setting.count({ where: { id: 'open' } });
    });
    assert.equal(seenInside, 0);
    await assert.rejects(db.setting.deleteMany(), /readonly|query_only/i);
    assert.ok((await db.setting.count()) > 0);
  });

  it('runs with full durability', async () => {
    const rows = await write((tx) =>
      tx.$queryRawUnsafe<{ synchronous: number }[]>('PRAGMA synchronous'),
    );
    assert.equal(Number(rows[0]?.synchronous), 2);
  });

  it('notices the commit of another process, and waits for its lock', async () => {
    const stop = watchOtherProcesses();
    let isHeard = false;
    const heard = new Promise<void>((resolve) => {
      const end = onPoke('elsewhere', () => {
        isHeard = true;
        end();
        resolve();
      });
    });
    await insert('own');
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(isHeard, false, 'our own commit is not "elsewhere"');
    const file = join(database.folder, 'drey.db');
    const script = `const D=require('better-sqlite3');const d=new D(${JSON.stringify(file)});d.exec("BEGIN IMMEDIATE; UPDATE Setting SET value='2' WHERE id='own'");setTimeout(()=>d.exec('COMMIT'),300)`;
    const other = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    assert.equal(other.status, 0, other.stderr);
    await insert('after the lock');
    // The watch's timer does not hold the process; this one does.
    const keepAlive = setInterval(() => {}, 1000);
    await heard;
    clearInterval(keepAlive);
    stop();
  });

  it('does not stop the event loop while another process holds the lock', async () => {
    const file = join(database.folder, 'drey.db');
    const { spawn } = await import('node:child_process');
    const script = `const D=require('better-sqlite3');const d=new D(${JSON.stringify(file)});d.exec('BEGIN IMMEDIATE');process.stdout.write('held');setTimeout(()=>{d.exec('COMMIT')},500)`;
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    await insert('waited');
    clearInterval(timer);
    assert.ok(turns > 10, `timers ran ${turns} times while waiting`);
    if (other.exitCode === null) await once(other, 'exit');
  });
});
