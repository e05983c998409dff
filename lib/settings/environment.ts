// Environment variables that go before a setting: who starts the server has decided (containers, tests).
import { bindAddress, type ListenerName } from '../env.ts';

export type Override = { variable: string; value: string };

/** The variable that is set and goes before the setting `key`, or null. */
export function findOverride(key: string): Override | null {
  if (key === 'server.bind') {
    const value = bindAddress();
    return value === null ? null : { variable: 'DREY_BIND', value };
  }
  const listener = /^listeners\.([a-z0-9]+)$/.exec(key)?.[1] as ListenerName | undefined;
  if (!listener) return null;
  const variable = `DREY_${listener.toUpperCase()}_PORT`;
  const value = process.env[variable];
  return value ? { variable, value } : null;
}
