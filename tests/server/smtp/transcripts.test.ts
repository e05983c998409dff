// Plays tests/transcripts/smtp against the real listeners. The first word of a file's name chooses the port
// ("submission", "lmtp") or a setting ("xclient", "proxy"); every other client is a stranger on port 25.
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { startLmtp } from '#server/smtp/wire/lmtp-listener.ts';
import { runTranscript } from '#tests/support/transcript.ts';
import { openWorld, password, stranger, type World } from './world.ts';

const folder = join(import.meta.dirname, '..', '..', 'transcripts', 'smtp');

let world: World;
let lmtp: Awaited<ReturnType<typeof startLmtp>>;
before(async () => {
  world = await openWorld();
  process.env.DREY_LMTP_PORT = '0';
  await writeSetting('smtp.hasLmtp', true, 'test');
  await writeSetting('smtp.maxErrors', 1000, 'test');
  lmtp = await startLmtp();
});
after(async () => {
  await lmtp.stop();
  await world.close();
});

const named: Record<string, 'smtp.xclientHosts' | 'smtp.proxyHosts'> = {
  xclient: 'smtp.xclientHosts',
  proxy: 'smtp.proxyHosts',
};

for (const file of readdirSync(folder)) {
  test(file, async () => {
    const kind = /^[a-z]+/.exec(file)?.[0] ?? '';
    const port = { submission: world.ports.submission, lmtp: lmtp.ports?.lmtp }[kind];
    const setting = named[kind];
    const plain = Buffer.from(`\0ada@example.org\0${password}`).toString('base64');
    if (port === undefined) process.env.DREY_TEST_ADDRESS_MAP = `127.0.0.1=${stranger}`;
    if (setting) await writeSetting(setting, [stranger], 'test');
    try {
      await runTranscript(join(folder, file), {
        connect: () => connect({ port: port ?? world.ports.smtp, host: '127.0.0.1' }),
        variables: { plain },
      });
    } finally {
      delete process.env.DREY_TEST_ADDRESS_MAP;
      if (setting) await resetSetting(setting, 'test');
    }
  });
}
