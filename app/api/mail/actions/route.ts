// Everything done to messages and folders from the list, the reader and the folder pane.
import type { Account } from '#lib/accounts/account.ts';
import { Refusal } from '#lib/errors.ts';
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
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
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
    if (role) return { moved: await moveToRole(account, folder, uids, role) };
    return { moved: await moveMessages(account, folder, uids, checkFolderPath(body.to)) };
  },
  delete: async (account, folder, body) => ({
    moved: await deleteMessages(account, folder, checkUids(body.uids)),
  }),
  restore: async (account, folder, body) => ({
    moved: await restoreMessages(account, folder, checkUids(body.uids)),
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
