// A command for stop.test.ts that holds a backup folder until a signal ends it.
import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { lockFolder } from '#server/backup/lock.ts';
import { stopOnSignals } from '#server/cli/stop.ts';

stopOnSignals('Stopped: run it again.');
await lockFolder(process.argv[2] ?? '', 'a test', false);
// As with a disk that does not answer: the thread that opens this never comes back.
execFileSync('mkfifo', [`${process.argv[3]}`]);
void open(`${process.argv[3]}`, 'r');
process.stdout.write('ready\n');
setInterval(() => undefined, 1000);
