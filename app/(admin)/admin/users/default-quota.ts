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
