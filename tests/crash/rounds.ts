// Rounds of the crash test: start the load, kill it at a random moment, look at what is left, start again on
// the same folder. Run it by `npm run test:crash` (300 kills) or in `npm test` (20).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { now } from '#lib/clock.ts';
import { closeDatabase, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { migrate } from '#lib/migrate.ts';
import { checkStore } from '#server/store/check/index.ts';
import { ensureMailboxes } from '#server/store/mailboxes.ts';
import { type Act, judge, readStore, type Snapshot, UidHistory } from './judge.ts';
import { makeRandom, type Report } from './plan.ts';

export type Tally = {
  kills: number;
  acknowledged: number;
  open: number;
  messages: number;
  uids: number;
};

const accounts = 3;
const startWithinMs = 30_000;

/** Runs `kills` rounds on the database of this process (lib/env.ts). Throws at the first thing that is wrong. */
export async function runRounds(
  kills: number,
  seed: number,
  say: (line: string) => void,
  /** Tests of this test: damages the store before it is judged. */
  tamper: () => Promise<void> = async () => {},
): Promise<Tally> {
  const random = makeRandom(seed);
  const history = new UidHistory();
  const tally: Tally = { kills: 0, acknowledged: 0, open: 0, messages: 0, uids: 0 };
  await makeAccounts();
  let before = await readStore();
  for (let round = 0; round < kills; round++) {
    // The killed process must have been alone: its log is recovered by whoever opens it next.
    await closeDatabase();
    const isAtStart = random.below(8) === 0;
    // By reports where it works, so that a slow machine kills as far into the load as a quick one.
    const reports = isAtStart ? 0 : 1 + random.below(250);
    const waitMs = isAtStart ? random.below(700) : random.below(15);
    const acts = await runLoad(seed + round, reports, waitMs);
    await migrate();
    await tamper();
    const after: Snapshot = await readStore();
    const moment = isAtStart ? 'its birth' : `report ${reports}`;
    const label = `round ${round} (seed ${seed}, killed ${waitMs} ms after ${moment})`;
    try {
      judge(before, acts, after, history);
      for await (const finding of checkStore({ graceMs: 600_000 })) {
        assert.ok(finding.isNote, `${finding.kind}: ${finding.text}`);
      }
    } catch (error) {
      (error as Error).message = `${label}: ${(error as Error).message}`;
      throw error;
    }
    const acknowledged = acts.filter(({ done }) => done !== null).length;
    tally.kills++;
    tally.acknowledged += acknowledged;
    tally.open += acts.length - acknowledged;
    tally.messages = after.messages.size;
    say(`${label}: ${acknowledged} acknowledged, ${after.messages.size} messages`);
    before = after;
  }
  return tally;
}

async function makeAccounts(): Promise<void> {
  for (let number = 0; number < accounts; number++) {
    const id = newId();
    const account = { id, address: `${id}@crash.test`, domainId: 'd', createdAt: now() };
    await write((tx) => tx.account.create({ data: account }));
    await ensureMailboxes(id);
  }
}

/** Starts the load and kills it so long after so many reports (0: after its birth); what it had told by then. */
async function runLoad(seed: number, reports: number, waitMs: number): Promise<Act[]> {
  const program = join(import.meta.dirname, 'load.ts');
  const args = ['--disable-warning=ExperimentalWarning', program, String(seed)];
  const env = { ...process.env, DREY_LOG_LEVEL: 'error', NODE_TEST_CONTEXT: undefined };
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: env as unknown as NodeJS.ProcessEnv,
  });
  const acts = new Map<number, Act>();
  let broken = '';
  let told = 0;
  let goOn = () => {};
  const isFarEnough = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    // The last line may have been cut.
    if (!line.endsWith('}')) return;
    let report: Report;
    try {
      report = JSON.parse(line);
    } catch {
      return;
    }
    if (++told === reports) goOn();
    if ('ready' in report) return;
    if ('broken' in report) broken ||= report.broken;
    else if ('begin' in report)
      acts.set(report.op, { begin: report.begin, done: null, isRefused: false });
    else if ('done' in report) acts.get(report.op)!.done = report.done;
    else acts.get(report.op)!.isRefused = true;
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const late = setTimeout(() => child.kill('SIGKILL'), startWithinMs);
  if (reports > 0) await Promise.race([isFarEnough, ended]);
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  const isAlive = child.exitCode === null && child.signalCode === null;
  child.kill('SIGKILL');
  await ended;
  clearTimeout(late);
  assert.equal(broken, '', broken);
  assert.ok(isAlive, `the load ended by itself with code ${child.exitCode}`);
  return [...acts.values()];
}
