// Does a proxy before the web pages hide who asks? Then limits for failed sign-ins count for everybody together, sessions and
// events have no address, and nobody is let in by address.
import { now } from '#lib/clock.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { type Finding, readFinding } from '#lib/trail/finding.ts';
import { hidingProxy } from '../web/hiding-proxy.ts';
import { type DoctorCheck, ok, warning } from './check.ts';

const freshMs = 24 * 3_600_000;

/** What the web pages noted last (server/web/hiding-proxy.ts), at `nowMs`. */
export function judgeProxy(finding: Pick<Finding, 'at' | 'text'> | null, nowMs: number): Judged {
  if (!finding || nowMs - finding.at.getTime() > freshMs) {
    return ok('For a day no request to the web pages came by a proxy that hides who asks.');
  }
  return warning(
    `${finding.text} Who asks is unknown: failed sign-ins count for everybody together, and web.adminNetworks lets nobody in.`,
    'Let the proxy pass X-Forwarded-For, X-Forwarded-Proto and Host (docs/running.md, “Behind a proxy”).',
  );
}

export const proxy: DoctorCheck = {
  id: 'proxy',
  title: 'A proxy before the web pages',
  looksAt: 'One on this machine that does not say for whom it asks makes all people look alike.',
  run: async () => judgeProxy(await readFinding(hidingProxy), now().getTime()),
};
