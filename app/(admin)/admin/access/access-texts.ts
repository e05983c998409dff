// Scopes and actions of access rules in words.
import type { AccessAction, AccessScope } from '#lib/accounts/access-rule.ts';

export const scopeTexts: Record<AccessScope, { title: string; label: string; about: string }> = {
  client: {
    title: 'Client',
    label: 'the client (address or name)',
    about: 'check_client_access',
  },
  helo: { title: 'HELO', label: 'the name it gives itself (HELO)', about: 'check_helo_access' },
  sender: { title: 'Sender', label: 'the envelope sender', about: 'check_sender_access' },
  recipient: { title: 'Recipient', label: 'a recipient', about: 'check_recipient_access' },
  header: { title: 'Header', label: 'a header field', about: 'header_checks' },
  body: { title: 'Body', label: 'the text', about: 'body_checks' },
  attachment: { title: 'Attachment', label: 'an attachment', about: 'mime_header_checks' },
};

export const actionTexts: Record<AccessAction, string> = {
  accept: 'Accept: past the checks for strangers',
  reject: 'Reject for good',
  defer: 'Refuse for now',
  junk: 'Put into Junk',
  hold: 'Hold in the queue',
  discard: 'Discard silently',
  redirect: 'Send elsewhere',
  bcc: 'Copy to an address',
};

export const actionTones: Record<AccessAction, 'ok' | 'danger' | 'warn' | 'info' | 'neutral'> = {
  accept: 'ok',
  reject: 'danger',
  defer: 'warn',
  junk: 'warn',
  hold: 'warn',
  discard: 'danger',
  redirect: 'info',
  bcc: 'info',
};
