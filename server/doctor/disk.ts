// Is there room where the data folder lies?
import { statfs } from 'node:fs/promises';
import type { Judged } from '#lib/doctor/report.ts';
import { dataFolder } from '#lib/env.ts';
import { type DoctorCheck, ok, problem, warning } from './check.ts';

const gigabyte = 1024 ** 3;

export type Room = {
  freeBytes: number;
  totalBytes: number;
  /** 0 of 0 where the file system has no such limit */
  freeFiles: number;
  totalFiles: number;
};

export function judgeDisk({ freeBytes, totalBytes, freeFiles, totalFiles }: Room): Judged {
  const share = totalBytes > 0 ? freeBytes / totalBytes : 1;
  const text = `${(freeBytes / gigabyte).toFixed(1)} GB of ${(totalBytes / gigabyte).toFixed(1)} GB are free (${Math.floor(share * 100)} %).`;
  const fix =
    'Make room, or move the data folder to a larger disk. A full disk means that mail is put off, not lost.';
  if (freeBytes < gigabyte / 2 || share < 0.03) return problem(text, fix);
  if (totalFiles > 0 && freeFiles / totalFiles < 0.03) {
    return problem(`The disk has room for only ${freeFiles} more files.`, fix);
  }
  return freeBytes < 2 * gigabyte || share < 0.1 ? warning(text, fix) : ok(text);
}

export const disk: DoctorCheck = {
  id: 'disk',
  title: 'Disk',
  looksAt: 'Mail needs room; without it everything is put off.',
  async run() {
    const { bavail, blocks, bsize, ffree, files } = await statfs(dataFolder());
    return judgeDisk({
      freeBytes: bavail * bsize,
      totalBytes: blocks * bsize,
      freeFiles: ffree,
      totalFiles: files,
    });
  },
};
