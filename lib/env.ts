// The environment contract (README "For scripts"): the few things that must be known before the database
// is open. Everything else is a setting in the database. Read on each call, so tests may set them.
import { join, resolve } from 'node:path';

export type ListenerName =
  | 'web'
  | 'https'
  | 'smtp'
  | 'submission'
  | 'submissions'
  | 'lmtp'
  | 'imap'
  | 'imaps'
  | 'pop3'
  | 'pop3s'
  | 'metrics';

/** Absolute path of the data folder: DREY_DATA, default ./data. */
export function dataFolder(): string {
  // The comment keeps the bundler from packing the whole project as data of the web app.
  return resolve(/*turbopackIgnore: true*/ process.env.DREY_DATA || 'data');
}

/** DATABASE_URL, default the SQLite file inside the data folder. "file:" or "postgresql:" */
export function databaseUrl(): string {
  return process.env.DATABASE_URL || `file:${join(dataFolder(), 'drey.db')}`;
}

export function isPostgresql(): boolean {
  return /^postgres(ql)?:/.test(databaseUrl());
}

/** Path of the SQLite file; null on PostgreSQL. */
export function databaseFile(): string | null {
  return isPostgresql() ? null : databaseUrl().replace(/^file:/, '');
}

/** "database /var/lib/drey/drey.db" or "PostgreSQL database at host": for a sentence, without a password. */
export function describeDatabase(): string {
  const file = databaseFile();
  return file === null
    ? `PostgreSQL database at ${new URL(databaseUrl()).host}`
    : `database ${file}`;
}

/** DREY_…_PORT, or null: then the setting listeners.… decides. 0 lets the system choose. */
export function portFromEnvironment(name: ListenerName): number | null {
  const variable = `DREY_${name.toUpperCase()}_PORT`;
  const text = process.env[variable];
  if (!text) return null;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`${variable} must be a port number, not "${text}"`);
  }
  return port;
}

/** DREY_BIND, or null: then the setting server.bind decides (loopback until the set-up is done). */
export function bindAddress(): string | null {
  return process.env.DREY_BIND || null;
}

export type Endpoint = { host: string; port: number };

/** Where the web app finds the daemon's IMAP, whatever its listeners; main.ts sets it for its child. */
export function internalImap(): Endpoint {
  return endpointOf(process.env.DREY_INTERNAL_IMAP);
}

/** Where the web app hands mail in. */
export function internalSubmission(): Endpoint {
  return endpointOf(process.env.DREY_INTERNAL_SUBMISSION);
}

/** Nobody listens at port 0: without a daemon whoever asks is told so. */
function endpointOf(text: string | undefined): Endpoint {
  const at = text?.lastIndexOf(':') ?? -1;
  if (!text || at < 0) return { host: '127.0.0.1', port: 0 };
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
}
