// Passwords that those set who look after others. What the help desk has set is known to two: such a password always has to
// be replaced by the user, and the help desk cannot say that it may stay.
import { Refusal } from '../errors.ts';
import { setPassword, updateAccount } from './account.ts';
import type { Staff } from './staff.ts';

/** Sets the password of a user that the staff may change (requireUserOf). Refusals as of setPassword(). */
export async function setPasswordOf(
  staff: Staff,
  id: string,
  password: string,
  { mustChange }: { mustChange: boolean },
): Promise<void> {
  const isTemporary = mustChange || staff.role === 'help-desk';
  await setPassword(id, password, staff.address, { mustChange: isTemporary });
}

/** Whether the web asks the user for another password. Refusal 'forbidden' where the help desk lets one stay. */
export async function setMustChange(staff: Staff, id: string, mustChange: boolean): Promise<void> {
  if (!mustChange && staff.role === 'help-desk') {
    throw new Refusal('forbidden', 'Only an administrator lets a temporary password stay.');
  }
  await updateAccount(id, { mustChange }, staff.address);
}
