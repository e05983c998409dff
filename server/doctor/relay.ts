// Can strangers send mail to others through this server? The relay self-test says.
import type { Judged } from '#lib/doctor/report.ts';
import { isRefusal } from '#lib/errors.ts';
import { type Finding, readFinding } from '#lib/trail/finding.ts';
import { relayTestId } from '../smtp/relay-test/relay-test.ts';
import { runRelayTest } from '../smtp/relay-test/relay-watch.ts';
import { type DoctorCheck, ok, problem, unknown } from './check.ts';

export function judgeRelay(finding: Pick<Finding, 'isGood' | 'text'> | null): Judged {
  if (!finding) {
    return unknown('The test has not run yet.', 'It runs with the server; or: npx drey relay-test');
  }
  if (finding.isGood) return ok(finding.text);
  return problem(
    finding.text,
    'Act now: spammers find open servers within hours. Remove what is too wide from Admin → Networks and look at the rules of Admin → Access rules.',
  );
}

export const relay: DoctorCheck = {
  id: 'relay',
  title: 'Open relay',
  looksAt: 'A server that strangers can send through is on every block list within days.',
  async run() {
    try {
      return judgeRelay(await runRelayTest());
    } catch (error) {
      // In the terminal: what the running server found last.
      if (!isRefusal(error, 'unavailable')) throw error;
      return judgeRelay(await readFinding(relayTestId));
    }
  },
};
