// Debian's pebble: an authority for tests that speaks ACME as strictly as Let's Encrypt, on loopback ports of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority } from './certificates.ts';
import { waitFor } from './daemon.ts';
import { findFreePorts } from './free-ports.ts';

export type Pebble = {
  /** "https://localhost:14000/dir" */
  directory: string;
  /** The authority behind its own https, PEM: a file for NODE_EXTRA_CA_CERTS, and its text */
  caFile: string;
  ca: string;
  /** Where it asks for proofs */
  httpPort: number;
  tlsPort: number;
  stop(): Promise<void>;
};

const program = '/usr/bin/pebble';

/** Why there is none here; empty where there is. */
export function pebbleMissing(): string {
  return existsSync(program) ? '' : 'pebble is not installed';
}

/** Starts it; names are looked up at `dnsServer`. Resolves when it answers. */
export async function startPebble(dnsServer: string): Promise<Pebble> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-pebble-'));
  const [port = 0, httpPort = 0, tlsPort = 0] = await findFreePorts(3);
  const authority = await makeAuthority();
  const own = await authority.sign('localhost');
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const caFile = write('ca.pem', authority.cert);
  const config = write(
    'config.json',
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        certificate: write('cert.pem', own.cert),
        privateKey: write('key.pem', own.key),
        httpPort,
        tlsPort,
      },
    }),
  );
  const child = spawn(program, ['-config', config, '-dnsserver', dnsServer, '-strict'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // It refuses every twentieth nonce, as it does by itself: clients must bear that.
    env: { ...process.env, PEBBLE_VA_NOSLEEP: '1' },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => {
      printed += bytes;
    });
  }
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  await waitFor(() => {
    if (child.exitCode !== null) throw new Error(`pebble ended: ${printed}`);
    return /Listening on/.test(printed);
  }, 'pebble').catch(async (error) => {
    await stop();
    throw error;
  });
  const directory = `https://localhost:${port}/dir`;
  return { directory, caFile, ca: authority.cert, httpPort, tlsPort, stop };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
