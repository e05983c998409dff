// What the composer begins with: a reply, a forwarded message with its files, or a stored draft.
import { listOwnAddresses } from '#lib/accounts/route.ts';
import { Refusal } from '#lib/errors.ts';
import { openDraft, stageAttachments } from '#lib/webmail/compose/drafts.ts';
import { type ComposeMode, prefillForm } from '#lib/webmail/compose/prefill.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { readMessage, readQuotableText } from '#lib/webmail/reader/message.ts';
import { changeRoute, checkUid, readJson } from '../answer.ts';

const modes: ComposeMode[] = ['reply', 'reply-all', 'forward'];

// It stores copies of files, so it is no GET.
export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const folder = checkFolderPath(body.folder);
  const uid = checkUid(body.uid);
  const own = ownFirst(account.address, await listOwnAddresses(account.id));
  if (body.mode === 'draft') return openDraft(account, folder, uid, own);
  const mode = modes.find((each) => each === body.mode);
  if (!mode) throw new Refusal('invalid', 'Unknown kind of message.', 'mode');
  const message = await readMessage(account, folder, uid);
  const text = await readQuotableText(account, folder, uid);
  const parts = mode === 'forward' ? message.attachments.map((each) => each.part) : [];
  return {
    ...prefillForm(message, text, mode, own),
    attachments: await stageAttachments(account, folder, uid, parts),
  };
});

function ownFirst(address: string, all: string[]): string[] {
  return [address, ...all.filter((each) => each !== address && !/[*]|^@/.test(each))];
}
