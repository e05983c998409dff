// Everything done to messages and folders from the list, the reader and the folder pane.
import type { Account } from '#lib/accounts/account.ts';
import { Refusal } from '#lib/errors.ts';
import { readPreferences } from '#lib/preferences/index.ts';
import {
  checkUids,
  createFolder,
  deleteFolder,
  deleteForGood,
  deleteMessages,
  emptyFolder,
  type FlagName,
  markAllRead,
  moveMessages,
  moveToRole,
  renameFolder,
  restoreMessages,
  setFlag,
} from '#lib/webmail/actions.ts';
import {
  archiveMessages,
  copyMessages,
  expungeMarked,
  markDeleted,
} from '#lib/webmail/list/filing.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { reportMove } from '#lib/webmail/report.ts';
import { changeRoute, readJson } from '../answer.ts';

type Body = Record<string, unknown>;
type Action = (account: Account, folder: string, body: Body) => Promise<object | null | undefined>;

const flags: FlagName[] = ['seen', 'flagged', 'answered', 'forwarded'];
const roles = ['archive', 'junk', 'trash', 'inbox'] as const;

const actions: Record<string, Action> = {
  flag: async (account, folder, body) => {
    const flag = flags.find((each) => each === body.flag);
    if (!flag) throw new Refusal('invalid', 'Unknown flag.', 'flag');
    await setFlag(account, folder, checkUids(body.uids), flag, body.isSet === true);
    return undefined;
  },
  move: async (account, folder, body) => {
    const role = roles.find((each) => each === body.role);
    const uids = checkUids(body.uids);
    if (role === 'archive') {
      const { 'list.archive': split } = await readPreferences(account.id);
      return { moved: await archiveMessages(account, folder, uids, split) };
    }
    await reportMove(account, folder, uids, role ? { role } : { path: checkFolderPath(body.to) });
    if (role) return { moved: [await moveToRole(account, folder, uids, role)] };
    return { moved: [await moveMessages(account, folder, uids, checkFolderPath(body.to))] };
  },
  copy: async (account, folder, body) => {
    const to = checkFolderPath(body.to);
    return { moved: [await copyMessages(account, folder, checkUids(body.uids), to)] };
  },
  delete: async (account, folder, body) => {
    const uids = checkUids(body.uids);
    if ((await readPreferences(account.id))['list.readOnDelete']) {
      await setFlag(account, folder, uids, 'seen', true);
    }
    const moved = await deleteMessages(account, folder, uids);
    return { moved: moved ? [moved] : [] };
  },
  'mark-deleted': async (account, folder, body) => {
    const { 'list.readOnDelete': isRead } = await readPreferences(account.id);
    await markDeleted(account, folder, checkUids(body.uids), body.isDeleted === true, isRead);
    return undefined;
  },
  expunge: async (account, folder) => ({ count: await expungeMarked(account, folder) }),
  restore: async (account, folder, body) => ({
    moved: [await restoreMessages(account, folder, checkUids(body.uids))],
  }),
  destroy: async (account, folder, body) => {
    await deleteForGood(account, folder, checkUids(body.uids));
    return undefined;
  },
  empty: async (account, folder) => {
    await emptyFolder(account, folder);
    return undefined;
  },
  'read-all': async (account, folder) => {
    await markAllRead(account, folder);
    return undefined;
  },
  'create-folder': async (account, folder) => {
    await createFolder(account, folder);
    return undefined;
  },
  'rename-folder': async (account, folder, body) => {
    await renameFolder(account, folder, checkFolderPath(body.to));
    return undefined;
  },
  'delete-folder': async (account, folder) => {
    await deleteFolder(account, folder);
    return undefined;
  },
};

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const action = Object.hasOwn(actions, String(body.kind)) ? actions[String(body.kind)] : undefined;
  if (!action) throw new Refusal('invalid', 'Unknown action.', 'kind');
  return (await action(account, checkFolderPath(body.folder), body)) ?? undefined;
});
