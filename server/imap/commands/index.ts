// The list of commands (docs/architecture.md, decision 8), and how a frame becomes one of them. Pure.
import { isRefusal, type Refusal } from '#lib/errors.ts';
import { Bad } from '../wire/bad.ts';
import { Cursor } from '../wire/cursor.ts';
import type { Segment } from '../wire/frame.ts';
import { append } from './append.ts';
import { authenticate } from './authenticate.ts';
import { cancelUpdate } from './cancelupdate.ts';
import { capability } from './capability.ts';
import { close, unselect } from './close.ts';
import type { Command } from './command.ts';
import { compress } from './compress.ts';
import { copy, move } from './copy.ts';
import { create } from './create.ts';
import { deleteCommand } from './delete.ts';
import { enable } from './enable.ts';
import { esearch } from './esearch.ts';
import { expunge } from './expunge.ts';
import { fetch } from './fetch.ts';
import { getAcl, listRights } from './getacl.ts';
import { getMetadata } from './getmetadata.ts';
import { id } from './id.ts';
import { idle } from './idle.ts';
import { list, xlist } from './list.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { lsub } from './lsub.ts';
import { myRights } from './myrights.ts';
import { namespace } from './namespace.ts';
import { check, noop } from './noop.ts';
import { notify } from './notify.ts';
import { getQuota, getQuotaRoot } from './quota.ts';
import { rename } from './rename.ts';
import { replace } from './replace.ts';
import { search } from './search.ts';
import { examine, select } from './select.ts';
import { deleteAcl, setAcl } from './setacl.ts';
import { setMetadata } from './setmetadata.ts';
import { sort } from './sort.ts';
import { starttls } from './starttls.ts';
import { status } from './status.ts';
import { store } from './store.ts';
import { subscribe, unsubscribe } from './subscribe.ts';
import { thread } from './thread.ts';
import { unauthenticate } from './unauthenticate.ts';

export const commands: readonly Command[] = [
  capability,
  noop,
  logout,
  id,
  starttls,
  authenticate,
  login,
  unauthenticate,
  compress,
  enable,
  select,
  examine,
  create,
  deleteCommand,
  rename,
  subscribe,
  unsubscribe,
  list,
  lsub,
  xlist,
  namespace,
  status,
  setAcl,
  deleteAcl,
  getAcl,
  listRights,
  myRights,
  getMetadata,
  setMetadata,
  append,
  replace,
  idle,
  notify,
  getQuota,
  getQuotaRoot,
  check,
  close,
  unselect,
  expunge,
  search,
  sort,
  thread,
  cancelUpdate,
  esearch,
  fetch,
  store,
  copy,
  move,
];

const byName = new Map(commands.map((command) => [command.name, command]));

/** A frame as a command; `failure` says why it is none. The tag is "*" when even that is missing. */
export type Parsed = { tag: string; name: string } & (
  | { command: Command; isUid: boolean; args: unknown }
  | { failure: Bad | Refusal }
);

/**
 * Reads one frame. `maySay(command)` = false stops before its arguments (wrong state); `isUtf8` as in Cursor. Never
 * throws Bad.
 */
export function readCommand(
  segments: readonly Segment[],
  maySay: (command: Command) => boolean,
  isUtf8 = false,
): Parsed {
  const cursor = new Cursor(segments, isUtf8);
  let tag = '*';
  let name = '';
  try {
    tag = cursor.tag();
    cursor.space();
    name = cursor.keyword();
    const isUid = name === 'UID';
    if (isUid) {
      cursor.space();
      name = cursor.keyword();
    }
    const command = byName.get(name);
    if (!command || (isUid && !command.hasUidForm)) throw new Bad('Unknown command');
    if (!maySay(command)) throw new Bad('The command is not allowed now');
    return { tag, name, command, isUid, args: command.parse(cursor, isUid) };
  } catch (error) {
    if (error instanceof Bad || isRefusal(error)) return { tag, name, failure: error };
    throw error;
  }
}

/** The tag of a command that was not read further, or "*". */
export function tagOf(segments: readonly Segment[]): string {
  const first = segments[0];
  return (first?.kind === 'text' && /^[^\s(){%*"\\+]+(?= )/.exec(first.text)?.[0]) || '*';
}
