// What a setting is. Each is declared once, in one of the group files beside this one; the admin form, the
// validation, the CLI, the reference page and the importer all read that declaration.
import type { z } from 'zod';

/** When a changed value is in force. */
export type Applies =
  | 'next-command'
  | 'next-connection'
  | 'next-message'
  | 'next-attempt'
  | 'next-sign-in';

/** Which input the form shows. */
export type Control =
  | { kind: 'text'; placeholder?: string }
  | { kind: 'number'; min: number; max: number }
  | { kind: 'bytes'; min: number; max: number }
  | { kind: 'boolean' }
  | { kind: 'select'; options: { value: string; label: string }[] }
  | { kind: 'list'; placeholder?: string }
  /** Shown to nobody; kept sealed by whoever takes it in (lib/accounts/secret.ts) */
  | { kind: 'secret' };

export type Group =
  | 'server'
  | 'listeners'
  | 'smtp'
  | 'checks'
  | 'content'
  | 'sending'
  | 'imap'
  | 'pop3'
  | 'delivery'
  | 'security'
  | 'storage'
  | 'tls'
  | 'web'
  | 'directory'
  | 'log'
  | 'backup'
  | 'doctor';

export type SettingDefinition<T = unknown> = {
  /** "group.name" */
  key: string;
  group: Group;
  schema: z.ZodType<T>;
  default: T;
  title: string;
  /** One or two sentences for a person who has never seen the parameter. */
  help: string;
  /** "bytes", "minutes", … or empty */
  unit: string;
  control: Control;
  /** Names under which Postfix and Dovecot people look for it. */
  postfix: string[];
  dovecot: string[];
  applies: Applies;
  /** A change of it could lock administrators out: it goes back by itself unless confirmed within 60 s. */
  isRisky?: boolean;
};

type Declared<T> = Omit<SettingDefinition<T>, 'key' | 'group' | 'unit' | 'postfix' | 'dovecot'> &
  Partial<Pick<SettingDefinition<T>, 'unit' | 'postfix' | 'dovecot'>>;

/** Declares a setting. The key's first word is its group. */
export function defineSetting<K extends string, T>(
  key: K,
  declared: Declared<T>,
): SettingDefinition<T> & { key: K } {
  const group = key.slice(0, key.indexOf('.')) as Group;
  return { unit: '', postfix: [], dovecot: [], ...declared, key, group };
}
