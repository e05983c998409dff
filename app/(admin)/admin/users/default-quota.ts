// What users get who have nothing of their own, in words.
import { formatBytes, formatCount } from '#components/ui/format.ts';
import type { UserDefaults } from '#lib/accounts/user-defaults.ts';
import { localeNames } from '#lib/i18n/locales.ts';
import type { Settings } from '#lib/settings/index.ts';

/** The defaults as placeholders of the form, of new users where `own` says something; "no limit" for 0. */
export function describeDefaultQuota(
  settings: Settings,
  own?: Pick<UserDefaults, 'quotaBytes' | 'quotaMessages'>,
): { quota: string; messages: string } {
  const bytes = own?.quotaBytes ?? settings['storage.defaultQuotaBytes'];
  const messages = own?.quotaMessages ?? settings['storage.defaultQuotaMessages'];
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

/** What new users get where a domain says nothing itself, in words. */
export function describeUsual(every: UserDefaults, settings: Settings) {
  const { mustChange, closedProtocols, language, timeZone } = every;
  const locale = Object.entries(localeNames).find(([name]) => name === language);
  const isOpen = closedProtocols === null || closedProtocols.length === 0;
  return {
    ...describeDefaultQuota(settings, every),
    mustChange: mustChange ? 'must be changed' : 'may stay',
    protocols: isOpen ? 'all protocols' : `without ${closedProtocols.join(', ')}`,
    language: locale?.[1] ?? "the browser's",
    timeZone: timeZone || "the browser's",
  };
}
