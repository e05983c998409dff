// The numbers that others count; server/metrics/servers.ts shows them to a scraper, sample.ts keeps them for the panel.
// Never an address, a user or a domain as a label: labels are from short closed lists, or the memory grows with the mail.
// docs/monitoring.md and a test hold the same list.
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

/** Where a message came in. */
export type MessageClass = 'inbound' | 'submission' | 'local' | 'collected';

/** Messages answered after DATA; `result`: accepted, junk, deferred, refused. */
export const messagesReceived = new Counter({
  name: 'mail_messages_received_total',
  help: 'Messages that came in, by what became of them and where they came from',
  labelNames: ['result', 'class'] as const,
  registers,
});

/** Attempts to hand a recipient on; `result`: delivered, deferred, failed. */
export const messagesSent = new Counter({
  name: 'mail_messages_sent_total',
  help: 'Delivery attempts to other servers, by outcome',
  labelNames: ['result'] as const,
  registers,
});

/** `stage`: connect, helo, mail, rcpt, data; `reason`: the named reason of the verdict. */
export const rejects = new Counter({
  name: 'mail_rejects_total',
  help: 'Refused connections, recipients and messages',
  labelNames: ['stage', 'reason'] as const,
  registers,
});

/** A check of incoming mail said something other than "pass"; `outcome` as verdicts have it. */
export const checkHits = new Counter({
  name: 'mail_check_hits_total',
  help: 'Times that a check of incoming mail found something',
  labelNames: ['check', 'outcome'] as const,
  registers,
});

/** `protocol`: imap, pop3, submission, web, api; `result`: ok, failed, throttled, error. */
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

/** `result`: ok, none (surely no such record), failed. Answers out of the cache are not counted. */
export const dnsAnswers = new Counter({
  name: 'mail_dns_answers_total',
  help: 'Answers of the name servers',
  labelNames: ['result'] as const,
  registers,
});

/** `job`: its name in server/jobs; `result`: good, failed. */
export const jobRuns = new Counter({
  name: 'mail_job_runs_total',
  help: 'Runs of timed jobs',
  labelNames: ['job', 'result'] as const,
  registers,
});

/** Open connections by listener: imap, imaps, pop3, … Kept by server/net/listener.ts. */
export const sessions = new Gauge({
  name: 'mail_sessions',
  help: 'Open connections',
  labelNames: ['protocol'] as const,
  registers,
});

// ------------------------------------------- set at each look (gauges.ts)

export const queueMessages = new Gauge({
  name: 'mail_queue_messages',
  help: 'Recipients in the queue, by state',
  labelNames: ['state'] as const,
  registers,
});

/** Of those that are to leave now or were tried: neither held nor scheduled ones count. */
export const queueOldest = new Gauge({
  name: 'mail_queue_oldest_seconds',
  help: 'Time in the queue of the oldest recipient that should have left',
  registers,
});

/** `kind`: database, index, bodies, free. */
export const diskBytes = new Gauge({
  name: 'mail_disk_bytes',
  help: 'Disk that the data take, and what is free where they are',
  labelNames: ['kind'] as const,
  registers,
});

export const configRevision = new Gauge({
  name: 'mail_config_revision',
  help: 'Number of the last change of the configuration',
  registers,
});

/** Seconds until the certificate in use expires; negative when it has. */
export const certificateExpiry = new Gauge({
  name: 'mail_cert_expiry_seconds',
  help: 'Seconds until the certificate in use expires',
  registers,
});

/** Kept by server/jobs/block-lists.ts. */
export const blockListHits = new Gauge({
  name: 'mail_block_list_hits',
  help: 'DNS block lists that know an address of this server, at the last look',
  registers,
});

/** 0 green, 1 yellow, 2 red */
export const healthParts = new Gauge({
  name: 'mail_health',
  help: 'How each part of the system is: 0 well, 1 wants a look, 2 wants somebody now',
  labelNames: ['part'],
  registers,
});

// ------------------------------------------------------------- how long

/** Stages of a message: read over the wire, judged, stored; in the queue until delivered, one attempt to deliver. */
export type DeliveryStage = 'receive' | 'checks' | 'store' | 'queue' | 'attempt';

export const deliverySeconds = new Histogram({
  name: 'mail_delivery_seconds',
  help: 'Time that a stage of a message took',
  labelNames: ['stage'] as const,
  buckets: [0.01, 0.1, 0.5, 1, 5, 30, 300, 1800, 7200, 86_400],
  registers,
});

export const commandSeconds = new Histogram({
  name: 'mail_command_seconds',
  help: 'Time from a command line to the end of its answer',
  labelNames: ['protocol', 'command'] as const,
  buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10],
  registers,
});

/** `step`: wait (for the writer), commit (the transaction with its commit). */
export const databaseSeconds = new Histogram({
  name: 'mail_database_seconds',
  help: 'Time of writes to the database',
  labelNames: ['step'] as const,
  buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10],
  registers,
});
