'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { addAccount, removeAccount, setPassword, updateAccount } from '#lib/accounts/account.ts';
import { addAlias, removeAlias } from '#lib/accounts/alias.ts';
import { createPasswordLink } from '#lib/accounts/password-link.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';
import { countField, sizeField } from '../../limit-fields.ts';

const id = z.string().min(1).max(64);
const displayName = z.string().trim().max(200, 'At most 200 characters.').default('');
const role = z.enum(['user', 'admin'], 'Choose a role.');
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
  const admin = await requireAdmin();
  const schema = z.object({
    ...{ localPart, domain, displayName, password, mustChange, role, quota, messages },
  });
  return answerForm(
    schema,
    form,
    async ({ quota, messages, ...fields }) => {
      const account = await addAccount(
        {
          address: `${fields.localPart}@${fields.domain}`,
          displayName: fields.displayName,
          password: fields.password,
          mustChange: fields.mustChange === 'on',
          role: fields.role,
          quotaBytes: quota,
          quotaMessages: messages,
        },
        admin.address,
      );
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `${account.address} added`, redirectTo: '/admin/users' };
    },
    { address: 'localPart' },
  );
}

export async function editUserAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  const schema = z.object({
    id,
    displayName,
    role,
    quota,
    messages,
    dailyMessages: daily,
    dailyRecipients: daily,
  });
  return answerForm(schema, form, async ({ id, quota, messages, ...fields }) => {
    const change = { ...fields, quotaBytes: quota, quotaMessages: messages };
    await updateAccount(id, change, admin.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Saved' };
  });
}

export async function setPasswordAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(z.object({ id, password, mustChange }), form, async (fields) => {
    const { id, password, mustChange } = fields;
    await setPassword(id, password, admin.address, { mustChange: mustChange === 'on' });
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Password changed; older sessions have ended' };
  });
}

/** Whether the web asks the user for another password before anything else. */
export async function setMustChangeAction(
  account: string,
  mustChange: boolean,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await updateAccount(id.parse(account), { mustChange: mustChange === true }, admin.address);
    revalidatePath('/admin', 'layout');
  });
}

/** A one-time link with which the user sets a password: the path to put behind the address of this server. */
export async function makePasswordLinkAction(
  account: string,
): Promise<{ error?: string; path?: string }> {
  const admin = await requireAdmin();
  let path: string | undefined;
  const error = await answerButton(async () => {
    path = `/password?token=${await createPasswordLink(id.parse(account), admin.address)}`;
  });
  return { error, path };
}

export async function setDisabledAction(
  account: string,
  isDisabled: boolean,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await updateAccount(id.parse(account), { isDisabled: isDisabled === true }, admin.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function removeUserAction(account: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    // Nothing is drawn anew here: the page of this user is gone, and the browser goes on to the list.
    await removeAccount(id.parse(account), admin.address);
  });
}

export async function addUserAliasAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  const schema = z.object({ localPart, domain, target: z.string().max(320) });
  return answerForm(
    schema,
    form,
    async (fields) => {
      const address = `${fields.localPart}@${fields.domain}`;
      await addAlias({ address, targets: [fields.target] }, admin.address);
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `${address} added` };
    },
    { address: 'localPart' },
  );
}

export async function removeUserAliasAction(address: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeAlias(z.string().max(320).parse(address), admin.address);
    revalidatePath('/admin', 'layout');
  });
}
