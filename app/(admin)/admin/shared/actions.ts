'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { updateAccount } from '#lib/accounts/account.ts';
import { deleteAccount, restoreAccount } from '#lib/accounts/deleted-account.ts';
import { removeMember, setMember } from '#lib/accounts/member.ts';
import { addSharedMailbox, removeSharedMailbox } from '#lib/accounts/shared.ts';
import {
  requireDomainOf,
  requireMemberOf,
  requirePersonOf,
  requireSharedOf,
} from '#lib/accounts/staff.ts';
import { renameSharedOf } from '#lib/renaming/rename-user.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireStaff } from '../../../session.ts';

const address = z.string().trim().min(1, 'Give an address.').max(320);
const localPart = z
  .string()
  .trim()
  .max(64, 'At most 64 characters.')
  .regex(/^[^@\s]+$/, 'Give the part before the @.');
const domain = z.string().trim().min(1, 'Choose a domain.').max(253);
const displayName = z.string().trim().max(200, 'At most 200 characters.').default('');

export async function addSharedAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('shared');
  return answerForm(
    z.object({ localPart, domain, displayName }),
    form,
    async ({ localPart, domain, displayName }) => {
      const { name } = await requireDomainOf(staff, domain);
      const added = await addSharedMailbox(
        { address: `${localPart}@${name}`, displayName },
        staff.address,
      );
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `${added.address} added` };
    },
    { address: 'localPart' },
  );
}

export async function editSharedAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('shared');
  const schema = z.object({ address, displayName, isEnabled: z.string().optional() });
  return answerForm(schema, form, async (fields) => {
    const { id } = await requireSharedOf(staff, fields.address);
    const isDisabled = fields.isEnabled === undefined;
    await updateAccount(id, { displayName: fields.displayName, isDisabled }, staff.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: `${fields.address} saved` };
  });
}

export async function renameSharedAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('shared');
  const keepsOld = z.literal('on').optional();
  return answerForm(
    z.object({ address, localPart, domain, keepsOld }),
    form,
    async (fields) => {
      const wanted = {
        address: `${fields.localPart}@${fields.domain}`,
        keepsOld: fields.keepsOld === 'on',
      };
      const renamed = await renameSharedOf(staff, fields.address, wanted);
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `The address is ${renamed.address} now` };
    },
    { address: 'localPart' },
  );
}

export async function removeSharedAction(shared: string): Promise<string | undefined> {
  const staff = await requireStaff('shared');
  return answerButton(async () => {
    const { id } = await requireSharedOf(staff, address.parse(shared));
    await deleteAccount(id, staff.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function restoreSharedAction(shared: string): Promise<string | undefined> {
  const staff = await requireStaff('shared');
  return answerButton(async () => {
    const { id } = await requireSharedOf(staff, address.parse(shared));
    await restoreAccount(id, staff.address);
    revalidatePath('/admin', 'layout');
  });
}

/** Removes at once for good, also what was deleted before. */
export async function purgeSharedAction(shared: string): Promise<string | undefined> {
  const staff = await requireStaff('shared');
  return answerButton(async () => {
    const { address: wanted } = await requireSharedOf(staff, address.parse(shared));
    await removeSharedMailbox(wanted, staff.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function addMemberAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('shared');
  const schema = z.object({
    address,
    member: address,
    mayWrite: z.string().optional(),
    maySend: z.string().optional(),
  });
  return answerForm(
    schema,
    form,
    async (fields) => {
      const shared = await requireSharedOf(staff, fields.address);
      const member = await requirePersonOf(staff, fields.member);
      const membership = {
        mayWrite: fields.mayWrite !== undefined,
        maySend: fields.maySend !== undefined,
      };
      await setMember(shared.id, member.id, membership, staff.address);
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `${member.address} added` };
    },
    { address: 'member' },
  );
}

const memberSchema = z.object({ shared: address, member: address });
const membershipSchema = memberSchema.extend({ mayWrite: z.boolean(), maySend: z.boolean() });

export async function setMemberAction(
  change: z.input<typeof membershipSchema>,
): Promise<string | undefined> {
  const staff = await requireStaff('shared');
  return answerButton(async () => {
    const { shared, member, mayWrite, maySend } = membershipSchema.parse(change);
    const { id } = await requireSharedOf(staff, shared);
    const { accountId } = await requireMemberOf(id, member);
    await setMember(id, accountId, { mayWrite, maySend }, staff.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function removeMemberAction(
  change: z.input<typeof memberSchema>,
): Promise<string | undefined> {
  const staff = await requireStaff('shared');
  return answerButton(async () => {
    const { shared, member } = memberSchema.parse(change);
    const { id } = await requireSharedOf(staff, shared);
    await removeMember(id, (await requireMemberOf(id, member)).accountId, staff.address);
    revalidatePath('/admin', 'layout');
  });
}
