// A list of addresses and networks as the value of a setting.
import { isIP } from 'node:net';
import { z } from 'zod';

const text = 'Give addresses or networks such as 192.0.2.10 or 2001:db8::/64.';

export const networkList = z
  .array(z.string().trim().toLowerCase().refine(isNetwork, text))
  .max(100, 'At most 100 entries.');

/** "192.0.2.10", "2001:db8::/64"; the whole Internet is none. */
function isNetwork(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return (
    bits === undefined ||
    (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
}
