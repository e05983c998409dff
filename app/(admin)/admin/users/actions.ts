'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import {
  type AccountChange,
  addAccount,
  removeAccount,
  updateAccount,
} from '#lib/accounts/account.ts';
import { addAlias, removeAlias } from '#lib/accounts/alias.ts';
import { deleteAccount, restoreAccount } from '#lib/accounts/deleted-account.ts';
import { createPasswordLink } from '#lib/accounts/password-link.ts';
import { roles } from '#lib/accounts/role.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { requireShare } from '#lib/accounts/share.ts';
import { requireDomainOf, requireDomainOfAddress, requireUserOf } from '#lib/accounts/staff.ts';
import { setMustChange, setPasswordOf } from '#lib/accounts/staff-password.ts';
import { renameUserOf } from '#lib/renaming/rename-user.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin, requireStaff } from '../../../session.ts';
import { countField, sizeField } from '../../limit-fields.ts';

const id = z.string().min(1).max(64);
const displayName = z.string().trim().max(200, 'At most 200 characters.').default('');
const role = z.enum(roles, 'Choose a role.');
const password = z.string().min(1, 'Give a password.').max(1024, 'At most 1024 characters.');
/** A checkbox. */
const mustChange = z.literal('on').optional();
const localPart = z
  .string()
  .trim()
  .min(1, 'Give the part before the @.')
  .max(64, 'At most 64 characters.')
  .regex(/^[^@\s]+$/, 'Only the part before the @.');
const domain = z.string().trim().min(1, 'Choose a domain.').max(253);
/** Empty = the server's default (null); "0" = none. */
const quota = sizeField(
  null,
  'Give a size such as 500 MB or 5 GB, 0 for none, or nothing for the default.',
);
const messages = countField(null, 'Give a whole number, 0 for none, or nothing for the default.');

const daily = countField(null, 'Give a whole number, 0 for none, or nothing for the default.');

export async function addUserAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('users');
  const schema = z.object({
    ...{ localPart, domain, displayName, password, mustChange, quota, messages },
    role: z.enum(['user', 'admin'], 'Choose a role.').default('user'),
  });
  return answerForm(
    schema,
    form,
    async ({ quota, messages, ...fields }) => {
      // Empty: as the defaults of new users have it.
      const limits = { quotaBytes: quota ?? undefined, quotaMessages: messages ?? undefined };
      await requireShare(staff, await requireDomainOf(staff, fields.domain), limits);
      const account = await addAccount(
        {
          address: `${fields.localPart}@${fields.domain}`,
          displayName: fields.displayName,
          password: fields.password,
          mustChange: fields.mustChange === 'on',
          role: staff.role === 'admin' ? fields.role : 'user',
          ...limits,
        },
        staff.address,
      );
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `${account.address} added`, redirectTo: '/admin/users' };
    },
    { address: 'localPart' },
  );
}

export async function editUserAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('users');
  const schema = z.object({
    id,
    displayName,
    quota,
    messages,
    dailyMessages: daily,
    dailyRecipients: daily,
  });
  return answerForm(schema, form, async ({ id, quota, messages, ...fields }) => {
    const before = await requireUserOf(staff, id);
    const change: AccountChange = { ...fields, quotaBytes: quota, quotaMessages: messages };
    await requireShare(staff, await requireDomainOfAddress(staff, before.address), change, before);
    // What goes out of the server in a day is the server's affair.
    if (staff.role !== 'admin') {
      delete change.dailyMessages;
      delete change.dailyRecipients;
    }
    await updateAccount(id, change, staff.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Saved' };
  });
}

/** Another address; the old one stays as an alias where its box is ticked. */
export async function renameUserAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('users');
  const keepsOld = z.literal('on').optional();
  return answerForm(
    z.object({ id, localPart, domain, keepsOld }),
    form,
    async (fields) => {
      const rename = {
        address: `${fields.localPart}@${fields.domain}`,
        keepsOld: fields.keepsOld === 'on',
      };
      const { address } = await renameUserOf(staff, fields.id, rename);
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `The address is ${address} now; older sessions have ended` };
    },
    { address: 'localPart' },
  );
}

/** Gives a role and, to a domain admin or the help desk, the domains: the ticked boxes "domains". */
export async function giveRoleAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(z.object({ id, role }), form, async ({ id, role }) => {
    const domains = z.array(domain).max(5000).parse(form.getAll('domains'));
    await giveRole(id, { role, domains }, admin.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Saved; older sessions have ended' };
  });
}

export async function setPasswordAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('passwords');
  return answerForm(z.object({ id, password, mustChange }), form, async (fields) => {
    const { id, password, mustChange } = fields;
    await requireUserOf(staff, id);
    await setPasswordOf(staff, id, password, { mustChange: mustChange === 'on' });
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Password changed; older sessions have ended' };
  });
}

/** Whether the web asks the user for another password before anything else. */
export async function setMustChangeAction(
  account: string,
  mustChange: boolean,
): Promise<string | undefined> {
  const staff = await requireStaff('passwords');
  return answerButton(async () => {
    const { id: wanted } = await requireUserOf(staff, id.parse(account));
    await setMustChange(staff, wanted, mustChange === true);
    revalidatePath('/admin', 'layout');
  });
}

/** A one-time link with which the user sets a password: the path to put behind the address of this server. */
export async function makePasswordLinkAction(
  account: string,
): Promise<{ error?: string; path?: string }> {
  const staff = await requireStaff('passwords');
  let path: string | undefined;
  const error = await answerButton(async () => {
    const { id: wanted } = await requireUserOf(staff, id.parse(account));
    path = `/password?token=${await createPasswordLink(wanted, staff.address)}`;
  });
  return { error, path };
}

export async function setDisabledAction(
  account: string,
  isDisabled: boolean,
): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return answerButton(async () => {
    const { id: wanted } = await requireUserOf(staff, id.parse(account));
    await updateAccount(wanted, { isDisabled: isDisabled === true }, staff.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function removeUserAction(account: string): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return answerButton(async () => {
    const { id: wanted } = await requireUserOf(staff, id.parse(account));
    // Nothing is drawn anew here: the page of this user may be gone, and the browser goes on to the list.
    await deleteAccount(wanted, staff.address);
  });
}

/** Deletes at once for good, also who was deleted before. */
export async function purgeUserAction(account: string): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return answerButton(async () => {
    const { id: wanted } = await requireUserOf(staff, id.parse(account));
    await removeAccount(wanted, staff.address);
  });
}

export async function restoreUserAction(account: string): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return answerButton(async () => {
    const { id: wanted } = await requireUserOf(staff, id.parse(account));
    await restoreAccount(wanted, staff.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function addUserAliasAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('aliases');
  const schema = z.object({ localPart, domain, target: z.string().max(320) });
  return answerForm(
    schema,
    form,
    async (fields) => {
      const { name } = await requireDomainOf(staff, fields.domain);
      const address = `${fields.localPart}@${name}`;
      await addAlias({ address, targets: [fields.target] }, staff.address);
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `${address} added` };
    },
    { address: 'localPart' },
  );
}

export async function removeUserAliasAction(address: string): Promise<string | undefined> {
  const staff = await requireStaff('aliases');
  return answerButton(async () => {
    const alias = z.string().max(320).parse(address);
    await requireDomainOfAddress(staff, alias);
    await removeAlias(alias, staff.address);
    revalidatePath('/admin', 'layout');
  });
}
