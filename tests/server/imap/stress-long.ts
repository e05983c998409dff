// The stress for as many minutes as are asked for: seed after seed, on a server of its own.
//   npm run test:imap -- stress [minutes] [first seed]
import { checkStore } from '#server/store/check/index.ts';
import { openImapServer } from '#tests/support/imap-server.ts';
import { runStress } from './stress.ts';

/** Throws at the first difference. */
export async function runLongStress(minutes: number, firstSeed: number): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  const isOver = () => performance.now() > end;
  const server = await openImapServer();
  let commands = 0;
  let seed = firstSeed;
  try {
    for (; !isOver(); seed++) {
      const clients = 3 + (seed % 6);
      commands += await runStress(server, { seed, clients, rounds: 8, steps: 60, isOver });
      if (seed % 10 === 0) await checkAll();
    }
    await checkAll();
  } finally {
    await server.close();
  }
  process.stdout.write(
    `stress: seeds ${firstSeed} to ${seed - 1}, ${commands} commands, no difference\n`,
  );
}

async function checkAll(): Promise<void> {
  for await (const finding of checkStore()) throw new Error(JSON.stringify(finding));
}
