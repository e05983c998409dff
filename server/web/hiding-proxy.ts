// Notes that a proxy on this machine hides who asks (peer.ts), for the doctor: at most every ten minutes.
import { uptimeMs } from '#lib/clock.ts';
import { logOf } from '#lib/log.ts';
import { saveFinding } from '#lib/trail/finding.ts';

export const hidingProxy = 'web-proxy';
const noteEveryMs = 10 * 60_000;
const log = logOf('web');
let notedAtMs = Number.NEGATIVE_INFINITY;

/** A request for `host` came from this machine and did not say from whom. Never throws. */
export function noteHidingProxy(host: string): void {
  if (uptimeMs() - notedAtMs < noteEveryMs) return;
  notedAtMs = uptimeMs();
  const text = `Requests for ${host} come from this machine without X-Forwarded-For.`;
  saveFinding({ id: hidingProxy, isGood: false, text, detail: { host } }).catch((error) => {
    log.warn({ err: error }, 'a finding could not be kept');
  });
}
