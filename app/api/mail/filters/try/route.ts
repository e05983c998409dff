// Which messages of a folder a rule fits, before it is kept.
import { checkRule } from '#lib/filters/rules.ts';
import { tryRule } from '#lib/webmail/filter-folder.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { changeRoute, readJson } from '../../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const { rule, folder } = await readJson(request);
  const { conditions, match } = checkRule({
    ...(rule as object),
    // What is done does not matter, and may not be chosen yet.
    name: 'x',
    actions: [{ do: 'flag' }],
  });
  return tryRule(account, checkFolderPath(folder), { conditions, match });
});
