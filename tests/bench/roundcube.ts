// Debian's Roundcube as a peer of the webmail bench, where it is installed (roundcube, roundcube-sqlite3, php-cli): PHP's
// own server with a worker for each processor, code cached, on the same mailbox over the same IMAP.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '#tests/support/daemon.ts';

const program = '/var/lib/roundcube';

export type Roundcube = { url: string; stop(): Promise<void> };

/** Null where it is not installed. `imapPort` on loopback. */
export async function startRoundcube(imapPort: number): Promise<Roundcube | null> {
  if (!existsSync(join(program, 'index.php'))) return null;
  const folder = mkdtempSync(join(tmpdir(), 'drey-roundcube-'));
  for (const name of ['temp', 'logs', 'config']) mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, 'config', 'config.inc.php'),
    `<?php
$config = [];
$config['db_dsnw'] = 'sqlite:///${folder}/roundcube.db?mode=0600';
$config['imap_host'] = '127.0.0.1:${imapPort}';
$config['smtp_host'] = '127.0.0.1:25';
$config['des_key'] = 'aBenchKeyOf24Characters!';
$config['temp_dir'] = '${folder}/temp/';
$config['log_dir'] = '${folder}/logs/';
$config['plugins'] = ['archive', 'zipdownload'];
$config['skin'] = 'elastic';
$config['check_all_folders'] = false;
$config['enable_installer'] = false;
$config['language'] = 'en_US';
`,
  );
  for (const name of ['defaults.inc.php', 'mimetypes.php']) {
    const from = join('/etc/roundcube', name);
    if (existsSync(from)) writeFileSync(join(folder, 'config', name), `<?php include '${from}';`);
  }
  const port = await findFreePort();
  const child = spawn(
    'php',
    [
      ...['-d', 'opcache.enable_cli=1', '-d', 'opcache.enable=1', '-d', 'memory_limit=512M'],
      ...['-S', `127.0.0.1:${port}`, '-t', program],
    ],
    {
      cwd: program,
      env: {
        ...process.env,
        ROUNDCUBE_CONFIG_DIR: join(folder, 'config'),
        PHP_CLI_SERVER_WORKERS: '4',
      },
      stdio: 'ignore',
      // Its workers are children of its own.
      detached: true,
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await waitFor(
    () =>
      fetch(url).then(
        (answer) => answer.ok,
        () => false,
      ),
    'Roundcube',
  );
  return {
    url,
    stop: async () => {
      if (child.pid) process.kill(-child.pid, 'SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
