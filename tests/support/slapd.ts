// Debian's slapd with a few people, as the directory server of a test, on a loopback port of its own.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './daemon.ts';
import { findFreePorts } from './free-ports.ts';

export type Slapd = { url: string; stop(): Promise<void> };
export type Person = { uid: string; cn: string; password?: string; mail?: string };

export const suffix = 'dc=example,dc=org';
const program = '/usr/sbin/slapd';

/** Why there is none here; empty where there is. */
export function slapdMissing(): string {
  return existsSync(program) ? '' : 'slapd is not installed';
}

/** Starts it; resolves when it listens. Who is bound may read, each password is its own. */
export async function startSlapd(people: Person[]): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-slapd-'));
  mkdirSync(join(folder, 'db'));
  const config = join(folder, 'slapd.conf');
  const schemas = ['core', 'cosine', 'inetorgperson'];
  writeFileSync(
    config,
    [
      ...schemas.map((name) => `include /etc/ldap/schema/${name}.schema`),
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'database mdb',
      `suffix "${suffix}"`,
      `rootdn "cn=admin,${suffix}"`,
      'rootpw secret',
      `directory ${join(folder, 'db')}`,
      'maxsize 10485760',
      'access to attrs=userPassword by anonymous auth by * none',
      'access to * by users read by * none',
      '',
    ].join('\n'),
  );
  const top = ['objectClass: dcObject', 'objectClass: organization', 'o: Example', 'dc: example'];
  const entries = join(folder, 'entries.ldif');
  writeFileSync(entries, [`dn: ${suffix}`, ...top, '', ...people.flatMap(describe)].join('\n'));
  execFileSync('/usr/sbin/slapadd', ['-f', config, '-l', entries], { stdio: 'ignore' });
  const [port = 0] = await findFreePorts(1);
  const url = `ldap://127.0.0.1:${port}`;
  const child = spawn(program, ['-d', '0', '-f', config, '-h', url], { stdio: 'ignore' });
  await waitFor(() => isOpen(port), 'slapd');
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop };
}

function describe({ uid, cn, password, mail }: Person): string[] {
  return [
    `dn: uid=${uid},${suffix}`,
    'objectClass: inetOrgPerson',
    `uid: ${uid}`,
    `cn: ${cn}`,
    'sn: x',
    ...(mail ? [`mail: ${mail}`, 'o: Works', 'telephoneNumber: 12'] : []),
    ...(password ? [`userPassword: ${password}`] : []),
    '',
  ];
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
