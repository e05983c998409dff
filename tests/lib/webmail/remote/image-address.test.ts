// Addresses of remote pictures: for one account and message, and not for long.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it, mock } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'drey-image-'));
process.env.DREY_DATA = folder;
const { openImageGate, readImageAddress, signImageUrl } = await import(
  '#lib/webmail/remote/image-address.ts'
);
after(() => rmSync(folder, { recursive: true, force: true }));

const read = (address: string) => readImageAddress(new URL(address, 'http://x').searchParams);

it('reads what it wrote, and nothing that was changed', () => {
  const gate = openImageGate('ann', 'mail-1');
  const address = signImageUrl(gate, 'https://a.test/p.png?x=1&y=2') ?? '';
  assert.deepEqual(read(address), { accountId: 'ann', url: 'https://a.test/p.png?x=1&y=2' });
  for (const [from, to] of [
    ['a=ann', 'a=ben'],
    ['m=mail-1', 'm=mail-2'],
    ['p.png', 'q.png'],
    [/e=\d/, 'e=9'],
    [/s=../, 's=xx'],
    [/&s=.*/, ''],
  ] as const) {
    assert.equal(read(address.replace(from, to)), null, String(from));
  }
  assert.equal(signImageUrl(gate, `https://a.test/${'x'.repeat(3000)}`), null);
});

it('forgets it within the hour', () => {
  const address = signImageUrl(openImageGate('ann', 'm'), 'https://a.test/') ?? '';
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 61 * 60_000 });
  assert.equal(read(address), null);
  mock.timers.reset();
});
