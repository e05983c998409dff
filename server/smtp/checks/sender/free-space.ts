// Room that must be left on the disk (Postfix: queue_minfree): new mail waits elsewhere, so that the rest is there for
// what was taken already. The queue and the mailboxes lie in the data folder, or beside a database that looks after itself.
import { statfs } from 'node:fs/promises';
import { dataFolder } from '#lib/env.ts';
import { noRoom, passed } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const freeSpace: Check<'mail'> = {
  name: 'free-space',
  title: 'Room on the disk',
  settings: ['storage.minFreeBytes'],
  isOn: (settings) => settings['storage.minFreeBytes'] > 0,
  async run({ settings }) {
    const { bavail, bsize } = await statfs(dataFolder());
    const freeBytes = bavail * bsize;
    const note = `${freeBytes} bytes are free`;
    if (freeBytes < settings['storage.minFreeBytes']) return { ...noRoom, note };
    return passed(note);
  },
};
