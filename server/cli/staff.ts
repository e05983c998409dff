// In whose name a command runs: the owner of the machine may everything; `drey --as ADDRESS …` runs with the role and the
// domains of that account, for those who may call drey by a rule of sudo and are no super admins.
import { findAccount } from '#lib/accounts/account.ts';
import { mayRole } from '#lib/accounts/permission.ts';
import { readStaff, type Staff } from '#lib/accounts/staff.ts';
import { Refusal } from '#lib/errors.ts';
import { by, type CommandDefinition, type Input, type Result } from './command.ts';

/** Of whoever owns the machine. */
const owner: Staff = { id: '', address: by, role: 'admin', scope: 'all' };

/** Who runs the command, and over what. */
export function staffOf(input: Input): Staff {
  return input.staff ?? owner;
}

/** Runs a command as that account; null = as the owner of the machine. Refusal 'forbidden', and what the command refuses. */
export async function runAs(
  definition: CommandDefinition,
  input: Input,
  address: string | null,
): Promise<Result> {
  if (address === null) return definition.run(input);
  const account = await findAccount(address);
  if (account?.kind !== 'person' || account.isDisabled) {
    throw new Refusal('forbidden', `Nobody acts as ${address}.`);
  }
  if (!mayRole(account.role, definition.permission ?? null)) {
    throw new Refusal(
      'forbidden',
      `The role of ${address} does not reach to "${definition.name}".`,
    );
  }
  const staff = await readStaff({ ...account, address: `${by} as ${account.address}` });
  return definition.run({ ...input, staff });
}
