// Values that are right each for itself and do not fit together. They are taken, since of two that change one comes first;
// whoever sets them is told, beside the fields, on the command line, by the API and in plans of files.
import { type SettingKey, type Settings, serverHostname } from './index.ts';

export type Conflict = {
  /** The settings that it is about; it stands beside each */
  keys: SettingKey[];
  /** What is the matter, and what would be right. */
  text: string;
};

type Rule = Conflict & { holds(values: Settings): boolean };

const rules: Rule[] = [
  {
    // Postfix refuses to deliver with mailbox_size_limit below message_size_limit.
    keys: ['storage.defaultQuotaBytes', 'smtp.messageSizeBytes'],
    text: 'The quota of a user is smaller than the largest message: such a message is taken from nobody. Make the quota larger, or the largest message smaller.',
    holds: (values) =>
      values['storage.defaultQuotaBytes'] === 0 ||
      values['storage.defaultQuotaBytes'] >= values['smtp.messageSizeBytes'],
  },
  {
    keys: ['checks.greylistSeconds', 'checks.greylistHours'],
    text: 'Who comes back early is asked again, and who comes back late begins anew: with these two nobody ever gets through. Let the wait in seconds be much shorter than the time in hours.',
    holds: (values) => values['checks.greylistSeconds'] < values['checks.greylistHours'] * 3600,
  },
  {
    keys: ['delivery.firstRetryMinutes', 'delivery.maxRetryMinutes'],
    text: 'The first wait is longer than the longest: the longest counts. Make the first wait shorter.',
    holds: (values) => values['delivery.firstRetryMinutes'] <= values['delivery.maxRetryMinutes'],
  },
  {
    keys: ['delivery.maxRetryMinutes', 'delivery.lifetimeHours'],
    text: 'The longest wait is longer than a message waits at all: it comes back after a single try. Make the wait shorter.',
    holds: (values) => values['delivery.maxRetryMinutes'] < values['delivery.lifetimeHours'] * 60,
  },
  {
    keys: ['delivery.delayNoticeHours', 'delivery.lifetimeHours'],
    text: 'The notice of a delay would come after the message is given up: nobody gets one. Let it come earlier.',
    holds: (values) => values['delivery.delayNoticeHours'] < values['delivery.lifetimeHours'],
  },
  {
    keys: ['smtp.softErrors', 'smtp.maxErrors'],
    text: 'A client is disconnected before it is slowed down. Let slowing down begin earlier.',
    holds: (values) =>
      values['smtp.softErrors'] === 0 || values['smtp.softErrors'] < values['smtp.maxErrors'],
  },
  {
    keys: ['checks.dnsListJunk', 'checks.dnsListRefuse'],
    text: 'Mail is refused before it would go into Junk. Let Junk begin at a smaller sum.',
    holds: (values) =>
      values['checks.dnsListJunk'] === 0 ||
      values['checks.dnsLists'].length === 0 ||
      values['checks.dnsListJunk'] < values['checks.dnsListRefuse'],
  },
  {
    keys: ['content.headerFieldBytes', 'content.headerBytes'],
    text: 'One field may be larger than all fields together: the smaller number counts.',
    holds: (values) => values['content.headerFieldBytes'] <= values['content.headerBytes'],
  },
];

/** What does not fit together of these values. */
export async function findConflicts(values: Settings): Promise<Conflict[]> {
  const found = rules.flatMap(({ holds, ...conflict }) => (holds(values) ? [] : conflict));
  const banner = values['smtp.banner'].split(' ')[0]?.toLowerCase() ?? '';
  const name = await serverHostname();
  if (banner && banner !== name) {
    // RFC 5321 §4.2, §4.3.1: the greeting begins with the name that the server says elsewhere.
    const text = `The greeting begins with another name than the server has (${name}). Some servers take that for a fault.`;
    found.push({ keys: ['smtp.banner', 'server.hostname'], text });
  }
  return found;
}

/** In words, what of `conflicts` is about this setting. */
export function warningsOf(key: string, conflicts: Conflict[]): string[] {
  return conflicts.flatMap(({ keys, text }) => (keys.some((one) => one === key) ? text : []));
}
