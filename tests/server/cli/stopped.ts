// A command for stop.test.ts that holds a backup folder until a signal ends it.
import { lockFolder } from '#server/backup/lock.ts';
import { stopOnSignals } from '#server/cli/stop.ts';

stopOnSignals('Stopped: run it again.');
await lockFolder(process.argv[2] ?? '', 'a test', false);
process.stdout.write('ready\n');
setInterval(() => undefined, 1000);
