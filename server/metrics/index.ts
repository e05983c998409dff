// The numbers that others count; server/metrics/servers.ts shows them to a scraper. Never an address, a user
// or a domain as a label: labels are from short closed lists, or the memory grows with the mail.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A registry of our own: nothing of a library mixes in. */
export const registry = new Registry();
const registers = [registry];

/** Connections accepted by an SMTP listener; `tls` is "implicit" or "none" at that time. */
export const smtpConnections = new Counter({
  name: 'mail_smtp_connections_total',
  help: 'Connections accepted by the SMTP listeners',
  labelNames: ['listener', 'tls'] as const,
  registers,
});

/** Messages answered after DATA; `result`: accepted, junk, deferred, refused. */
export const messagesReceived = new Counter({
  name: 'mail_messages_received_total',
  help: 'Messages that came in, by what became of them',
  labelNames: ['result'] as const,
  registers,
});

/** Attempts to hand a recipient on; `result`: delivered, deferred, failed. */
export const messagesSent = new Counter({
  name: 'mail_messages_sent_total',
  help: 'Delivery attempts to other servers, by outcome',
  labelNames: ['result'] as const,
  registers,
});

/** `stage`: connect, mail, rcpt, data; `reason`: the named reason of the verdict. */
export const rejects = new Counter({
  name: 'mail_rejects_total',
  help: 'Refused connections, recipients and messages',
  labelNames: ['stage', 'reason'] as const,
  registers,
});

/** `protocol`: imap, pop3, submission; `result`: ok, failed, throttled, error. */
export const authentications = new Counter({
  name: 'mail_auth_total',
  help: 'Logins, by protocol and result',
  labelNames: ['protocol', 'result'] as const,
  registers,
});

/** `code_class`: 4 or 5, the first digit of the status that caused it. */
export const bounces = new Counter({
  name: 'mail_bounces_total',
  help: 'Non-delivery reports made',
  labelNames: ['code_class'] as const,
  registers,
});

/** Open connections by listener: imap, imaps, pop3, … Kept by server/net/listener.ts. */
export const sessions = new Gauge({
  name: 'mail_sessions',
  help: 'Open connections',
  labelNames: ['protocol'] as const,
  registers,
});

/** Set at each scrape from the database (server/metrics/servers.ts). */
export const queueMessages = new Gauge({
  name: 'mail_queue_messages',
  help: 'Recipients in the queue, by state',
  labelNames: ['state'] as const,
  registers,
});

/** Seconds until the certificate in use expires; negative when it has. */
export const certificateExpiry = new Gauge({
  name: 'mail_cert_expiry_seconds',
  help: 'Seconds until the certificate in use expires',
  registers,
});

/** Seconds from a message's arrival in the queue to its delivery. */
export const deliverySeconds = new Histogram({
  name: 'mail_delivery_seconds',
  help: 'Time in the queue of a recipient that was delivered',
  buckets: [0.1, 0.5, 1, 5, 30, 300, 1800, 7200, 86_400],
  registers,
});
