// Somebody must be left who can open the panel without help from outside: a super admin with a password of this server.
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { withPassword } from './lock.ts';

/** Before a super admin goes. Refusal 'forbidden' where no other one works. */
export async function refuseLastAdmin(tx: Tx, id: string): Promise<void> {
  const others = await tx.account.count({
    where: { role: 'admin', isDisabled: false, ...withPassword, id: { not: id } },
  });
  if (others === 0)
    throw new Refusal('forbidden', 'This is the last administrator; make another one first.');
}
