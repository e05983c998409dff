// Is the clock right? Asked of a time server (SNTP, RFC 5905 §14). Wrong clocks break signatures, certificates and codes of
// authenticator apps.
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Judged } from '#lib/doctor/report.ts';
import { readSetting } from '#lib/settings/index.ts';
import { type DoctorCheck, ok, problem, unknown, warning } from './check.ts';
import { findAddress, readPlace } from './place.ts';

const waitMs = 3000;
/** Seconds from 1900 to 1970. */
const ntpEpoch = 2_208_988_800;

/** `offsetMs`: what the other clock is ahead; null where none answered. */
export function judgeClock(offsetMs: number | null, isAsked = true): Judged {
  if (offsetMs === null) {
    return unknown(
      isAsked ? 'No time server answered.' : 'It was not compared.',
      'See whether "timedatectl" says that the system clock is synchronized.',
    );
  }
  const seconds = Math.abs(offsetMs) / 1000;
  const words = `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} seconds ${offsetMs > 0 ? 'slow' : 'fast'}`;
  const fix =
    'Let the system set it: "timedatectl set-ntp true", or install chrony ("apt install chrony").';
  if (seconds < 2) return ok('The clock is right.');
  return seconds < 60 ? warning(`The clock is ${words}.`, fix) : problem(`It is ${words}.`, fix);
}

export const clock: DoctorCheck = {
  id: 'clock',
  title: 'Clock',
  looksAt: 'Signatures, certificates and codes of authenticator apps need the right time.',
  async run() {
    const servers = await readSetting('doctor.timeServers');
    for (const server of servers) {
      const { host, port } = readPlace(server, 123);
      const address = await findAddress(host);
      const offsetMs = address && (await askTime(address, port));
      if (typeof offsetMs === 'number') return judgeClock(offsetMs);
    }
    return judgeClock(null, servers.length > 0);
  },
};

function askTime(address: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const settle = (offsetMs: number | null) => {
      clearTimeout(timer);
      socket.close();
      resolve(offsetMs);
    };
    const timer = setTimeout(() => settle(null), waitMs);
    socket.once('error', () => settle(null));
    const sentAt = Date.now();
    socket.once('message', (answer) => {
      const receivedAt = Date.now();
      // RFC 5905 §7.3: mode 4 (server); the time it sent the answer stands in octets 40 to 47.
      if (answer.length < 48 || (answer[0]! & 7) !== 4) return settle(null);
      const seconds = answer.readUInt32BE(40) - ntpEpoch + answer.readUInt32BE(44) / 2 ** 32;
      settle(seconds * 1000 - (sentAt + receivedAt) / 2);
    });
    const question = Buffer.alloc(48);
    // RFC 5905 §14: version 4, mode 3 (client), all else zero.
    question[0] = 0x23;
    socket.send(question, port, address);
  });
}
