// Return addresses of forwarded mail (lib/mail/srs.ts), signed with a key that is derived from the server's own: nobody
// else can make one, so they are no way to relay through this server.
import { createHmac } from 'node:crypto';
import { now } from '../clock.ts';
import { splitAddress } from '../mail/address.ts';
import { isSrsLocal, unwrapRecipient, wrapSender, writeBase32 } from '../mail/srs.ts';
import { deriveKey } from './secret.ts';

/** 40 bits: whoever guesses is stopped by the limits of RCPT long before. */
const hashLength = 8;

function sign(text: string): string {
  return writeBase32(
    createHmac('sha256', deriveKey('return addresses')).update(text).digest(),
    hashLength,
  );
}

function today(): number {
  return Math.floor(now().getTime() / 86_400_000);
}

/** The address at `domain` that stands for `sender`; null where there can be none. */
export function makeReturnAddress(sender: string, domain: string): string | null {
  return wrapSender(sender, domain, sign, today());
}

/** The sender that an address of ours stands for; null where we did not make it, or too long ago. */
export function readReturnAddress(address: string): string | null {
  const { local } = splitAddress(address);
  return isSrsLocal(local) ? unwrapRecipient(local, sign, today()) : null;
}
