// Files with messages that were dropped on a folder.
import type { useTranslations } from 'next-intl';
import type { useToast } from '#components/ui/toast.tsx';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { errorText, RequestError } from '../state/request.ts';
import type { Mail } from '../state/use-mail.ts';

const mostFiles = 50;

/** Puts them into the folder one after the other, to the first that is refused, and says how many. */
export async function importFiles({
  files,
  folder,
  mail,
  toast,
  t,
}: {
  files: File[];
  folder: Folder;
  mail: Mail;
  toast: ReturnType<typeof useToast>;
  t: ReturnType<typeof useTranslations<'folders'>>;
}): Promise<void> {
  const messages = files.filter(
    ({ name, type }) => /\.eml$/i.test(name) || type === 'message/rfc822',
  );
  if (messages.length === 0) return void toast.show({ kind: 'error', text: t('import.none') });
  let count = 0;
  for (const file of messages.slice(0, mostFiles)) {
    try {
      await sendFile(folder.path, file);
      count++;
    } catch (error) {
      toast.show({ kind: 'error', text: `${file.name}: ${errorText(error)}` });
      break;
    }
  }
  if (count > 0) toast.show({ text: t('import.done', { count, folder: mail.nameOf(folder) }) });
  mail.refresh();
}

async function sendFile(folder: string, file: File): Promise<void> {
  const path = `/api/mail/import?folder=${encodeURIComponent(folder)}`;
  const headers = { 'content-type': 'message/rfc822' };
  const response = await fetch(path, { method: 'POST', headers, body: file });
  if (response.ok) return;
  const answer = (await response.json().catch(() => null)) as { error?: string } | null;
  throw new RequestError(response.status, answer?.error ?? '');
}
