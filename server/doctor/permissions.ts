// Is the data folder for its owner alone?
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Judged } from '#lib/doctor/report.ts';
import { dataFolder } from '#lib/env.ts';
import { type DoctorCheck, listSome, ok, problem, warning } from './check.ts';

export type SeenFile = { name: string; mode: number; isOwn: boolean };

/** `folder` first, then what lies in it. */
export function judgePermissions(folder: SeenFile, files: SeenFile[]): Judged {
  const fix = `Stop the server, then: chown -R ITS_USER "${folder.name}" && chmod -R u=rwX,go= "${folder.name}"`;
  const foreign = [folder, ...files].filter(({ isOwn }) => !isOwn).map(({ name }) => name);
  if (foreign.length > 0) {
    return problem(`Not the property of the server's user: ${listSome(foreign)}.`, fix);
  }
  if ((folder.mode & 0o077) === 0) return ok(`${folder.name} is for its owner alone.`);
  const open = files.filter(({ mode }) => (mode & 0o077) !== 0).map(({ name }) => name);
  if (open.length > 0) {
    return problem(
      `Others on this machine may read ${listSome(open)}: everybody's mail and secrets.`,
      fix,
    );
  }
  return warning(`Others may look into ${folder.name}.`, fix);
}

export const permissions: DoctorCheck = {
  id: 'permissions',
  title: 'Data folder',
  looksAt: 'It holds all mail and the secret key.',
  async run() {
    const folder = dataFolder();
    const look = async (name: string, path: string): Promise<SeenFile> => {
      const { mode, uid } = await stat(path);
      return { name, mode, isOwn: process.getuid === undefined || uid === process.getuid() };
    };
    const names = await readdir(folder);
    const looked = await Promise.all(
      // What is gone meanwhile needs no verdict.
      names.map((name) => look(name, join(folder, name)).catch(() => null)),
    );
    return judgePermissions(
      await look(folder, folder),
      looked.filter((file) => file !== null),
    );
  },
};
