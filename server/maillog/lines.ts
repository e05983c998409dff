// Events of the trail as the lines that Postfix and Dovecot would have logged, so that tools which read those
// (fail2ban, pflogsumm) work here. Names of programs and fields are theirs; every text is hostile and stays
// on its line.
import type { NewEvent } from '#lib/trail/record.ts';

type Detail = Record<string, unknown>;

/** Program and text of each line; without time and host. */
export function describeEvent(event: NewEvent, name: string): { program: string; text: string }[] {
  const detail = (event.detail ?? {}) as Detail;
  const line = (program: string, text: string) => ({ program: `${name}/${program}`, text });
  const id = idOf(event.traceId);
  const { recipient = '', sender = '' } = event;
  switch (event.kind) {
    case 'received':
      return [
        line('smtpd', `${id}: client=${peer(event)}${signedIn(event)}`),
        line(
          'cleanup',
          `${id}: message-id=<${word(String(detail.messageId ?? '').replace(/^<|>$/g, ''))}>`,
        ),
        line(
          'qmgr',
          `${id}: from=<${word(sender)}>, size=${number(detail.sizeBytes)}, nrcpt=${number(detail.recipients)} (queue active)`,
        ),
      ];
    case 'delivered':
      return [line('lmtp', transfer(id, event, 'sent', '2.0.0', 'delivered to mailbox'))];
    case 'sent':
      return [line('smtp', transfer(id, event, 'sent', statusOf(event, '2.0.0'), words(event)))];
    case 'deferred':
      return [
        line('smtp', transfer(id, event, 'deferred', statusOf(event, '4.0.0'), words(event))),
      ];
    case 'bounced':
      return [line('smtp', transfer(id, event, 'bounced', statusOf(event, '5.0.0'), words(event)))];
    case 'refused': {
      const command = commands[String(detail.stage ?? 'rcpt')] ?? 'RCPT';
      return [
        line(
          'smtpd',
          `NOQUEUE: reject: ${command} from ${peer(event)}: ${describeRefusal(event)}; from=<${word(sender)}> to=<${word(recipient)}> proto=ESMTP helo=<${word(detail.helo)}>`,
        ),
      ];
    }
    case 'login':
    case 'login-failed':
      return describeLogin(event, line);
    default:
      return [];
  }
}

const commands: Record<string, string> = {
  connect: 'CONNECT',
  helo: 'HELO',
  mail: 'MAIL',
  rcpt: 'RCPT',
  data: 'END-OF-MESSAGE',
};

function describeLogin(
  { kind, sender = '', remote = '', text = '', reason = '', traceId }: NewEvent,
  line: (program: string, text: string) => { program: string; text: string },
) {
  const isGood = kind === 'login';
  const user = word(sender);
  const address = word(remote);
  const session = idOf(traceId);
  if (text === 'submission') {
    return [
      isGood
        ? line('smtpd', `client=unknown[${address}], sasl_method=PLAIN, sasl_username=${user}`)
        : line(
            'smtpd',
            `warning: unknown[${address}]: SASL PLAIN authentication failed: ${word(reason)}, sasl_username=${user}`,
          ),
    ];
  }
  const service = text === 'web' || text === 'api' ? 'imap' : word(text) || 'imap';
  const how = isGood ? 'Login' : 'Aborted login (auth failed, 1 attempts in 1 secs)';
  return [
    {
      program: 'dovecot',
      text: `${service}-login: ${how}: user=<${user}>, method=PLAIN, rip=${address}, lip=127.0.0.1, session=<${session}>`,
    },
  ];
}

/** "ID: to=<…>, relay=…, delay=…, dsn=…, status=… (…)" */
function transfer(id: string, event: NewEvent, status: string, dsn: string, said: string): string {
  const seconds = number((event.detail as Detail | undefined)?.delaySeconds);
  const relay = event.kind === 'delivered' ? 'drey' : word(event.remote) || 'none';
  return `${id}: to=<${word(event.recipient)}>, relay=${relay}, delay=${seconds}, delays=0/0/0/${seconds}, dsn=${dsn}, status=${status} (${said})`;
}

/** The id that the panel finds too; those of messages are letters and digits already (newTraceId). */
function idOf(traceId: string): string {
  return traceId.replace(/[^A-Za-z0-9]/g, '') || 'NOQUEUE';
}

function peer({ remote = '', detail }: NewEvent): string {
  return `${word((detail as Detail | undefined)?.reverseName) || 'unknown'}[${word(remote)}]`;
}

function signedIn({ accountId, sender = '' }: NewEvent): string {
  return accountId ? `, sasl_method=PLAIN, sasl_username=${word(sender)}` : '';
}

/** "250 2.0.0" → "2.0.0" */
function statusOf({ reason = '' }: NewEvent, otherwise: string): string {
  return /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(reason)?.[0] ?? otherwise;
}

/**
 * What Postfix says in place of our words, for reasons that tools look for: fail2ban's filter "postfix", the
 * table of rejects of pflogsumm. `about` is what stands in angle brackets before them.
 */
const phrases: Record<
  string,
  { about: 'recipient' | 'sender' | 'helo' | 'client'; words: string }
> = {
  'relay-denied': { about: 'recipient', words: 'Relay access denied' },
  'source-route': { about: 'recipient', words: 'Relay access denied' },
  'unknown-recipient': { about: 'recipient', words: 'Recipient address rejected: User unknown' },
  'recipient-disabled': { about: 'recipient', words: 'Recipient address rejected: User unknown' },
  'no-sender-domain': { about: 'sender', words: 'Sender address rejected: Domain not found' },
  'helo-no-name': {
    about: 'helo',
    words: 'Helo command rejected: need fully-qualified hostname',
  },
  'helo-unknown': { about: 'helo', words: 'Helo command rejected: Host not found' },
  'access-denied': { about: 'client', words: 'Client host rejected: Access denied' },
  'no-reverse-name': { about: 'client', words: 'Client host rejected: cannot find your hostname' },
};

/** "554 5.7.1 Relaying denied" → "554 5.7.1 <to>: Relay access denied" */
function describeRefusal(event: NewEvent): string {
  const text = words(event);
  const [, code = '', said = ''] = /^(\d{3} (?:[245]\.\d+\.\d+ )?)?(.*)$/s.exec(text) ?? [];
  if (event.reason === 'listed') {
    const client = `Client host [${word(event.remote)}] blocked`;
    return `${code}Service unavailable; ${client} using ${said}`;
  }
  const phrase = phrases[event.reason ?? ''];
  const { recipient, sender, detail } = event;
  const subject = {
    recipient: word(recipient),
    sender: word(sender),
    helo: word((detail as Detail | undefined)?.helo),
    client: peer(event),
  }[phrase?.about ?? 'recipient'];
  return `${code}${subject ? `<${subject}>: ` : ''}${phrase?.words ?? said}`;
}

function words({ text = '' }: NewEvent): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 500);
}

/** One word: nothing that ends a field or a line. */
function word(value: unknown): string {
  return typeof value === 'string'
    ? value.replace(/[\p{Cc}\p{Cf}\u2028\u2029\s<>[\](),;=]+/gu, '?').slice(0, 320)
    : '';
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0;
}
