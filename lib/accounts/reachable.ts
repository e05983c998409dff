// Whether mail for an address that an administrator names has somewhere to go: where nobody would be told of a
// failure, a typing error must be told at once.
import { Refusal } from '../errors.ts';
import { readSetting } from '../settings/index.ts';
import { lookUpAll } from './lookup.ts';

/** Refusal 'invalid' with `field` where a canonical address is of a domain here and nobody's. */
export async function requireReachable(address: string, field: string): Promise<void> {
  const [known] = await lookUpAll([address], await readSetting('smtp.recipientDelimiter'));
  if (!known || known.domain === 'outside' || known.domain === 'elsewhere' || known.found) return;
  throw new Refusal('invalid', `There is no address ${address} here.`, field);
}
