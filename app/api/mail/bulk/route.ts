// Actions over everything a list holds: freeze it, begin, ask how far it is, stop, undo.
import { Refusal } from '#lib/errors.ts';
import { readPreferences } from '#lib/preferences/index.ts';
import type { FlagName } from '#lib/webmail/actions.ts';
import {
  type BulkAction,
  freezeList,
  readBulk,
  startBulk,
  stopBulk,
  undoBulk,
} from '#lib/webmail/list/bulk.ts';
import {
  checkFolderPath,
  listFilters,
  type SortKey,
  sortNames,
} from '#lib/webmail/list/message-list.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

type Body = Record<string, unknown>;

const flags: FlagName[] = ['seen', 'flagged', 'answered', 'forwarded'];
const roles = ['junk', 'trash', 'inbox'] as const;

export const GET = readRoute(async (account, request) =>
  readBulk(account, new URL(request.url).searchParams.get('id') ?? ''),
);

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  switch (body.step) {
    case 'freeze':
      return freezeList(account, {
        folder: checkFolderPath(body.folder),
        query: typeof body.query === 'string' ? body.query.slice(0, 500) : '',
        filter: listFilters.find((each) => each === body.filter) ?? null,
        sort: sortNames.find((each): each is SortKey => each === body.sort) ?? 'newest',
      });
    case 'start': {
      const { 'list.archive': split, 'list.readOnDelete': isRead } = await readPreferences(
        account.id,
      );
      const action = readAction(body, split, isRead);
      return startBulk(account, String(body.selection), action);
    }
    case 'stop':
      return stopBulk(account, String(body.id));
    case 'undo':
      return undoBulk(account, String(body.id));
    default:
      throw new Refusal('invalid', 'Unknown step.', 'step');
  }
});

function readAction(body: Body, split: 'one' | 'year' | 'month', isRead: boolean): BulkAction {
  switch (body.kind) {
    case 'flag': {
      const flag = flags.find((each) => each === body.flag);
      if (!flag) throw new Refusal('invalid', 'Unknown flag.', 'flag');
      return { kind: 'flag', flag, isSet: body.isSet === true };
    }
    case 'move': {
      if (body.role === 'archive') return { kind: 'archive', split };
      const role = roles.find((each) => each === body.role);
      if (role) return { kind: 'move-role', role };
      return { kind: 'move', to: checkFolderPath(body.to) };
    }
    case 'copy':
      return { kind: 'copy', to: checkFolderPath(body.to) };
    case 'delete':
    case 'destroy':
      return { kind: body.kind };
    case 'mark-deleted':
      return { kind: 'mark-deleted', isDeleted: body.isDeleted === true, isRead };
    default:
      throw new Refusal('invalid', 'Unknown action.', 'kind');
  }
}
