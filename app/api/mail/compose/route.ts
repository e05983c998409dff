// What the composer needs (GET), and how a message begins (POST): new, an answer, passed on, edited or resumed.
import { getLocale, getTimeZone, getTranslations } from 'next-intl/server';
import { Refusal } from '#lib/errors.ts';
import { readSettings } from '#lib/settings/index.ts';
import { checkUids } from '#lib/webmail/actions.ts';
import {
  beginAnswer,
  beginForwardAttached,
  beginFrom,
  beginNew,
  type Writing,
} from '#lib/webmail/compose/begin.ts';
import { listIdentities } from '#lib/webmail/compose/identities.ts';
import type { AnswerMode } from '#lib/webmail/compose/prefill.ts';
import { listTemplates } from '#lib/webmail/compose/templates.ts';
import { maxFileBytes } from '#lib/webmail/compose/uploads.ts';
import { ensureRole } from '#lib/webmail/list/mailboxes.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { changeRoute, checkUid, readJson, readRoute } from '../answer.ts';

const answers: AnswerMode[] = ['reply', 'reply-all', 'reply-list', 'forward'];

export const GET = readRoute(async (account) => {
  const { 'smtp.futureReleaseDays': laterDays } = await readSettings();
  return {
    identities: await listIdentities(account),
    templates: await listTemplates(account.id),
    maxFileBytes: await maxFileBytes(),
    laterDays,
  };
});

// It stores copies of files, so it is no GET.
export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  if (body.mode === 'new') return beginNew(account);
  // A window that saved a draft knows its number alone.
  const isOwnDraft = body.mode === 'draft' && body.folder === '';
  const folder = isOwnDraft ? await ensureRole(account, 'drafts') : checkFolderPath(body.folder);
  if (body.mode === 'forward-attachment') {
    return beginForwardAttached(account, folder, checkUids(body.uids));
  }
  const uid = checkUid(body.uid);
  if (body.mode === 'draft' || body.mode === 'edit') {
    return beginFrom(account, body.mode, folder, uid);
  }
  const mode = answers.find((each) => each === body.mode);
  if (!mode) throw new Refusal('invalid', 'Unknown kind of message.', 'mode');
  return beginAnswer(account, mode, folder, uid, await readWriting());
});

async function readWriting(): Promise<Writing> {
  const t = await getTranslations('compose.citation');
  return {
    words: {
      // What stands in braces is filled in by the citation itself.
      dateAuthor: t('dateAuthor', { date: '{date}', name: '{name}' }),
      author: t('author', { name: '{name}' }),
      forwarded: t('forwarded'),
      from: t('from'),
      date: t('date'),
      subject: t('subject'),
      to: t('to'),
      cc: t('cc'),
    },
    place: { locale: await getLocale(), zone: await getTimeZone() },
  };
}
