// Rules applied to a folder that is there, a portion a request: the answer says where the next one begins.
import { Refusal } from '#lib/errors.ts';
import { listRules } from '#lib/filters/rules.ts';
import { applyRules } from '#lib/webmail/filter-folder.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { changeRoute, checkUid, readJson } from '../../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const { id, folder, below } = await readJson(request);
  const all = await listRules(account.id);
  const rules =
    typeof id === 'string'
      ? all.filter((each) => each.id === id)
      : all.filter((each) => !each.isDisabled);
  if (rules.length === 0) throw new Refusal('not-found', 'There is no such rule.');
  const from = below === null || below === undefined ? null : checkUid(below);
  // One that is chosen by name is applied although it is off.
  const chosen = rules.map((rule) => ({ ...rule, isDisabled: false }));
  return applyRules(account, checkFolderPath(folder), chosen, from);
});
