// `drey relay-test`: the same test that the daemon runs by itself, on a listener of its own with the same settings,
// networks and domains, so it works whether the server runs or not.
import type { RelayStep } from '#lib/relay-test.ts';
import { openInternal } from '../net/listeners.ts';
import { testRelay } from '../smtp/relay-test/relay-test.ts';
import { createSmtpListener } from '../smtp/servers.ts';
import { startCertificates } from '../tls/certificate.ts';
import type { CommandDefinition, Input, Result } from './command.ts';

async function run(input: Input): Promise<Result> {
  const certificates = await startCertificates();
  const listener = createSmtpListener('smtp');
  const socket = await openInternal(listener);
  try {
    const { isGood, text, detail } = await testRelay({ host: '127.0.0.1', port: socket.port });
    const steps = detail as RelayStep[];
    if (input.options.json === true) {
      process.stdout.write(`${JSON.stringify({ ok: isGood, text, steps })}\n`);
    } else {
      const shown = input.options.all === true ? steps : steps.filter((step) => !step.isGood);
      for (const step of shown) process.stdout.write(`${describe(step)}\n`);
      process.stdout.write(`${text}\n`);
    }
    return { code: isGood ? 0 : 1 };
  } finally {
    await socket.close();
    await listener.stop(0);
    await certificates.stop();
  }
}

function describe({ client, sender, recipient, reply, isGood }: RelayStep): string {
  return `${isGood ? 'good ' : 'OPEN '} ${client} from <${sender}> to <${recipient}>: ${reply}`;
}

export const relayTestCommands: CommandDefinition[] = [
  {
    name: 'relay-test',
    arguments: [],
    options: [{ flags: '--all', help: 'show every way that was tried' }],
    help: 'test whether strangers can send mail to others through this server (open relay)',
    run,
  },
];
