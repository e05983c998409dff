// Debian's unbound as the validating resolver of a test: zones from files, some of them signed by ldns-signzone, a trust
// anchor for each signed one, on a loopback port of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePorts } from './free-ports.ts';

export type ZoneFile = {
  /** "secure.test" */
  name: string;
  /** "mx A 127.0.0.1": lines of a zone file, names below the zone. */
  records: string[];
  isSigned: boolean;
  /** Changes the file after it was signed: what an attacker would. */
  tamper?: (signed: string) => string;
};

export type Unbound = { server: string; stop(): Promise<void> };

const programs = ['/usr/sbin/unbound', '/usr/bin/ldns-keygen', '/usr/bin/ldns-signzone'];

/** Why there is none here; empty where there is. */
export function unboundMissing(): string {
  const missing = programs.filter((program) => !existsSync(program));
  return missing.length > 0 ? `${missing.join(', ')} not installed` : '';
}

/** Starts it; resolves when it answers. */
export async function startUnbound(zones: ZoneFile[]): Promise<Unbound> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-unbound-'));
  const [port = 0] = await findFreePorts(1);
  const anchors: string[] = [];
  const files = zones.map((zone) => {
    const { file, anchor } = writeZone(folder, zone);
    anchors.push(anchor);
    return { name: zone.name, file };
  });
  writeFileSync(join(folder, 'anchors'), anchors.join(''));
  writeFileSync(join(folder, 'unbound.conf'), formatConfig(folder, port, files));
  const child = spawn(programs[0]!, ['-d', '-c', join(folder, 'unbound.conf')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      output += bytes;
    });
  }
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !/start of service/.test(output); tries++) {
    if (child.exitCode !== null || tries > 1200) {
      await stop();
      throw new Error(`unbound did not start: ${output}`);
    }
    await sleep(50);
  }
  return { server: `127.0.0.1:${port}`, stop };
}

function writeZone(folder: string, zone: ZoneFile): { file: string; anchor: string } {
  const { name, records, isSigned, tamper = (text) => text } = zone;
  const file = join(folder, name);
  const lines = [
    `$ORIGIN ${name}.`,
    '$TTL 60',
    `@ SOA ns hostmaster 1 3600 600 86400 60`,
    '@ NS ns',
    'ns A 127.0.0.1',
    ...records,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  if (!isSigned) return { file, anchor: '' };
  const run = (program: string, ...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, words, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
    return stdout.trim();
  };
  const key = run(programs[1]!, '-a', 'ECDSAP256SHA256', '-k', name);
  run(programs[2]!, '-f', `${file}.signed`, file, key);
  writeFileSync(`${file}.signed`, tamper(readFileSync(`${file}.signed`, 'utf8')));
  return { file: `${file}.signed`, anchor: readFileSync(join(folder, `${key}.key`), 'utf8') };
}

function formatConfig(
  folder: string,
  port: number,
  zones: { name: string; file: string }[],
): string {
  return `server:
  interface: 127.0.0.1
  port: ${port}
  do-ip6: no
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  num-threads: 1
  module-config: "validator iterator"
  local-zone: "test." nodefault
  trust-anchor-file: "${folder}/anchors"
remote-control:
  control-enable: no
${zones
  .map(
    ({ name, file }) => `auth-zone:
  name: "${name}."
  zonefile: "${file}"
  for-upstream: yes
  for-downstream: no
`,
  )
  .join('')}`;
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
