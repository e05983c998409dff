// What users without limits of their own may keep, in words.
import { formatBytes, formatCount } from '#components/ui/format.ts';
import type { Settings } from '#lib/settings/index.ts';

/** The defaults as placeholders of the form; "no limit" for 0. */
export function describeDefaultQuota(settings: Settings): { quota: string; messages: string } {
  const bytes = settings['storage.defaultQuotaBytes'];
  const messages = settings['storage.defaultQuotaMessages'];
  return {
    quota: bytes > 0 ? formatBytes(bytes) : 'no limit',
    messages: messages > 0 ? formatCount(messages) : 'no limit',
  };
}

/** What users without limits of their own may send in a day, the same way. */
export function describeDefaultDaily(settings: Settings) {
  const words = (limit: number) => (limit > 0 ? formatCount(limit) : 'no limit');
  return {
    dailyMessages: words(settings['sending.messagesPerDay']),
    dailyRecipients: words(settings['sending.newRecipientsPerDay']),
  };
}
