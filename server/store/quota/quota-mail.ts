// The words of a warning that a mailbox or a domain is nearly full (RFC 5322, plain text).
import { foldField } from '#lib/mail/compose.ts';
import { formatDate } from '#lib/mail/date.ts';
import type { Room } from './quota.ts';

export type QuotaMail = {
  /** Address of the reader. */
  to: string;
  /** The domain it comes from; `about` is the reader's mailbox or that whole domain. */
  domain: string;
  about: 'mailbox' | 'domain';
  room: Room;
  messageId: string;
  now: Date;
};

/** The whole message, with CRLF. */
export function composeQuotaMail(mail: QuotaMail): Buffer {
  const header = [
    foldField('Date', formatDate(mail.now)),
    foldField('From', `Mail System <postmaster@${mail.domain}>`),
    foldField('To', `<${mail.to}>`),
    foldField('Subject', makeSubject(mail)),
    foldField('Message-ID', mail.messageId),
    // RFC 3834 §5: nothing answers it automatically.
    foldField('Auto-Submitted', 'auto-generated'),
    'MIME-Version: 1.0\r\n',
    'Content-Type: text/plain; charset=utf-8\r\n',
    'Content-Transfer-Encoding: 8bit\r\n',
  ];
  const lines = mail.about === 'mailbox' ? tellUser(mail) : tellAdministrator(mail);
  return Buffer.from(`${header.join('')}\r\n${lines.join('\r\n')}\r\n`);
}

/** How full the fuller of both is, in whole percent, never rounded up; 0 without a limit. */
export function percentOf(room: Room): number {
  const shares = [
    [room.usedBytes, room.limitBytes],
    [room.usedMessages, room.limitMessages],
  ].map(([used = 0, limit]) => (limit ? Math.floor((used! * 100) / limit) : 0));
  return Math.max(0, ...shares);
}

function makeSubject({ about, domain, room }: QuotaMail): string {
  const percent = percentOf(room);
  const what = about === 'mailbox' ? 'Your mailbox' : `The domain ${domain}`;
  return percent >= 100 ? `${what} is full` : `${what} is ${percent} % full`;
}

function describeRoom(room: Room): string[] {
  const lines: string[] = [];
  if (room.limitBytes !== null) {
    lines.push(`  Storage:  ${formatSize(room.usedBytes)} of ${formatSize(room.limitBytes)}`);
  }
  if (room.limitMessages !== null) {
    lines.push(`  Messages: ${room.usedMessages} of ${room.limitMessages}`);
  }
  return lines;
}

function tellUser({ to, domain, room }: QuotaMail): string[] {
  return [
    `The mailbox ${to} is nearly full:`,
    '',
    ...describeRoom(room),
    '',
    'When it is full, new mail is put off and in the end goes back to those who',
    'wrote it. You can then not keep drafts or copies of what you send either.',
    '',
    'What to do: delete messages you no longer need, the large ones first, also',
    'those in Sent and Trash. Or ask your administrator for more room.',
    '',
    `This message was made by the mail system of ${domain}.`,
  ];
}

function tellAdministrator({ domain, room }: QuotaMail): string[] {
  return [
    `The users of ${domain} together have nearly used up what the domain may use:`,
    '',
    ...describeRoom(room),
    '',
    'When it is full, none of them gets mail any more: it is put off and in the end',
    'goes back to those who wrote it.',
    '',
    'What to do: give the domain more room (admin panel, Domains), or have its',
    'users delete what they no longer need (admin panel, Users, shows who uses most).',
    '',
    `This message was made by the mail system of ${domain}.`,
  ];
}

function formatSize(bytes: number): string {
  let size = bytes;
  for (const unit of ['bytes', 'KB', 'MB', 'GB', 'TB']) {
    if (size < 1024 || unit === 'TB') {
      const digits = unit === 'bytes' || size >= 100 ? 0 : 1;
      return `${size.toFixed(digits)} ${unit}`;
    }
    size /= 1024;
  }
  return `${bytes} bytes`;
}
