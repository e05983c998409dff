// A program of a test: delivers what is announced, one user a commit, and kills itself where the n-th is being delivered.
import { closeDatabase, db } from '#lib/db.ts';
import { deliverAnnouncements } from '#server/jobs/announce.ts';

const killAt = Number(process.argv[2]);
const watch = setInterval(() => {
  void db.announcement.findFirst({ select: { mailed: true } }).then((row) => {
    if ((row?.mailed ?? 0) >= killAt) process.kill(process.pid, 'SIGKILL');
  });
}, 1);
await deliverAnnouncements(new AbortController().signal, 1);
clearInterval(watch);
await closeDatabase();
