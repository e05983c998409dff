// Writing the numbers of a minute, and taking away what is old.
//
// Invariant: a minute is added to the rows of its minute, hour and day in one transaction, so the three never disagree;
// each node has rows of its own, so two never wait for one.
import { now } from '../clock.ts';
import { type Tx, write } from '../db.ts';
import { lockRows } from '../dialect/index.ts';
import { removeOldDomainMailIn } from './domain-mail.ts';
import {
  addNumbers,
  emptyNumbers,
  formatNumbers,
  type Numbers,
  parseNumbers,
  pieces,
} from './roll-up.ts';

const dayMs = 86_400_000;
const reportsKeptDays = 7;

/** Adds what happened until `at`, and how things stood then, to the rows of `node`. */
export async function recordNumbersIn(
  tx: Tx,
  node: string,
  at: Date,
  numbers: Numbers,
): Promise<void> {
  for (const { seconds } of pieces) {
    const piece = Math.floor(at.getTime() / 1000 / seconds);
    const rows = await tx.$queryRaw<{ numbers: string }[]>`
      SELECT "numbers" FROM "RollUp"
      WHERE "seconds" = ${seconds} AND "at" = ${piece} AND "node" = ${node} ${lockRows()}`;
    const sum = addNumbers(rows[0] ? parseNumbers(rows[0].numbers) : emptyNumbers(), numbers);
    const text = formatNumbers(sum);
    await tx.$executeRaw`
      INSERT INTO "RollUp" ("seconds", "at", "node", "numbers")
      VALUES (${seconds}, ${piece}, ${node}, ${text})
      ON CONFLICT ("seconds", "at", "node") DO UPDATE SET "numbers" = excluded."numbers"`;
  }
}

/** Rows past their time: of numbers, of domains, of nodes that have gone. */
export async function removeOldNumbers(): Promise<{ rows: number }> {
  const at = now().getTime();
  const old = new Date(at - reportsKeptDays * dayMs);
  const rows = await write(async (tx) => {
    let gone = 0;
    for (const { seconds, keptDays } of pieces) {
      const first = Math.floor((at - keptDays * dayMs) / 1000 / seconds);
      gone += await tx.$executeRaw`
        DELETE FROM "RollUp" WHERE "seconds" = ${seconds} AND "at" < ${first}`;
    }
    gone += await removeOldDomainMailIn(tx);
    gone += (await tx.nodeReport.deleteMany({ where: { at: { lt: old } } })).count;
    // Of nodes that have gone, and of jobs that are no more.
    gone += (await tx.jobRun.deleteMany({ where: { nextAt: { lt: old } } })).count;
    return gone;
  });
  return { rows };
}
