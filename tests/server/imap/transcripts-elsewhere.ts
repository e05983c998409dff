// The transcripts against another server, to see what it does in a doubtful case. They want empty accounts: a "*"
// in the user stands for the transcript's name. One that "# needs" a capability the server has not is left out.
//   npm run test:imap -- transcripts dovecot [name …]                     Debian's, started for this
//   npm run test:imap -- transcripts host port user password [name …]
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { startPeer } from '#tests/bench/imap-peer.ts';
import { playTranscript } from '#tests/support/transcript.ts';

const folder = join(import.meta.dirname, '..', '..', 'transcripts', 'imap');

type Elsewhere = { host: string; port: number; user: string; password: string };

/** Plays all, or those named, and tells line by line what is otherwise. */
export async function playElsewhere(args: readonly string[]): Promise<void> {
  if (args[0] === 'dovecot') return playOnDovecot(args.slice(1));
  const [host = '', port = '', user = '', password = '', ...names] = args;
  await playAll({ host, port: Number(port), user, password }, names);
}

function listTranscripts(names: readonly string[]): string[] {
  const all = readdirSync(folder).map((file) => basename(file, '.txt'));
  return names.length > 0 ? all.filter((name) => names.includes(name)) : all;
}

async function playOnDovecot(names: readonly string[]): Promise<void> {
  const password = 'correct horse battery';
  const users = listTranscripts([]).flatMap((name) => [name, `${name}.other`]);
  const peer = await startPeer(
    Object.fromEntries(users.map((name) => [`${name}@example.test`, `{PLAIN}${password}`])),
  );
  if (!peer) throw new Error('Dovecot is not installed here');
  try {
    const server = { host: '127.0.0.1', port: peer.port, user: '*@example.test', password };
    await playAll(server, names);
  } finally {
    await peer.stop();
  }
}

async function playAll(server: Elsewhere, names: readonly string[]): Promise<void> {
  const capabilities = await readCapabilities(server);
  for (const name of listTranscripts(names)) {
    const text = readFileSync(join(folder, `${name}.txt`), 'utf8');
    const needs = /^# needs (.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
    const missing = needs.filter((word) => !capabilities.has(word));
    if (missing.length > 0) {
      process.stdout.write(`skip  ${name}: no ${missing.join(' ')}\n`);
      continue;
    }
    const differences = await play(server, name, text);
    process.stdout.write(`${differences.length === 0 ? 'same ' : 'other'} ${name}\n`);
    for (const difference of differences) process.stdout.write(`  ${difference}\n`);
  }
}

async function play(server: Elsewhere, name: string, text: string): Promise<string[]> {
  const user = server.user.replace('*', name);
  const differences: string[] = [];
  try {
    await playTranscript(text, name, {
      connect: () => open(server),
      onDifference: (difference) => differences.push(difference),
      variables: {
        user,
        userLength: String(user.length),
        other: server.user.replace('*', `${name}.other`),
        password: `"${server.password}"`,
        plain: Buffer.from(`\0${user}\0${server.password}`).toString('base64'),
      },
    });
  } catch (error) {
    differences.push(`given up: ${(error as Error).message.split('\n').slice(0, 2).join(' ')}`);
  }
  return differences;
}

async function open({ host, port }: Elsewhere): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
  });
  return socket;
}

async function readCapabilities(server: Elsewhere): Promise<Set<string>> {
  const socket = await open(server);
  const user = server.user.replace('*', 'states');
  let text = '';
  socket.write(`a LOGIN "${user}" "${server.password}"\r\nb CAPABILITY\r\nc LOGOUT\r\n`);
  for await (const chunk of socket) text += chunk;
  return new Set(/\* CAPABILITY (.*)\r\n(?:.*\r\n)*?b OK/.exec(text)?.[1]?.split(' ') ?? []);
}
