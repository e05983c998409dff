// A signal ends a command with a sentence, also one that waits for a disk, and its lock goes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

const program = join(import.meta.dirname, 'stopped.ts');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  it(`${signal} ends it with a word`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drey-stop-'));
    try {
      const child = spawn(process.execPath, [program, folder, `${folder}.fifo`]);
      let said = '';
      child.stderr.on('data', (chunk) => {
        said += chunk;
      });
      await once(child.stdout, 'data');
      assert.deepEqual(readdirSync(folder), ['lock']);
      child.kill(signal);
      assert.deepEqual(await once(child, 'close'), [null, signal]);
      assert.match(said, /Stopped: run it again\.\n$/);
      assert.deepEqual(readdirSync(folder), []);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      rmSync(`${folder}.fifo`, { force: true });
    }
  });
}
