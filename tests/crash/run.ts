// `npm run test:crash -- [KILLS] [SEED]`: the long form, 300 kills unless told, one line a round.
import { openTestDatabase } from '#tests/support/database.ts';
import { runRounds } from './rounds.ts';

const kills = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const started = performance.now();
const database = await openTestDatabase();
try {
  const tally = await runRounds(kills, seed, (line) => process.stdout.write(`${line}\n`));
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(
    `${tally.kills} kills in ${seconds} s: ${tally.acknowledged} acknowledged changes, 0 lost; ${tally.open} not acknowledged, ` +
      `each whole or absent; 0 UIDs given twice; 0 complaints of the check (seed ${seed})\n`,
  );
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
} finally {
  await database.close();
}
