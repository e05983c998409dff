// Settings that are secrets: sealed before they are stored, shown to nobody.
import { findSetting, parseSetting } from '../settings/index.ts';
import { encryptSecret } from './secret.ts';

/** What a typed text means for a setting, sealed where it is a secret. Refusal 'not-found'. */
export function readTypedSetting(key: string, text: string): unknown {
  const isSecret = findSetting(key).control.kind === 'secret';
  return isSecret && text !== '' ? encryptSecret(text) : parseSetting(key, text);
}
