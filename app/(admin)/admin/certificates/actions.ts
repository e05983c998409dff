'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import {
  addCertificate,
  orderCertificate,
  parseNames,
  removeCertificate,
  replaceCertificate,
} from '#lib/certificates/certificate.ts';
import type { CheckedName, CheckFinding } from '#lib/certificates/finding.ts';
import { askDaemon } from '#lib/control.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const id = z.string().min(1).max(64);
const names = z.string().max(30_000);
const pem = z.string().max(200_000, 'This is too long.');
const path = z.string().trim().max(1000);

const added = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('acme'), names }),
  z.object({ kind: z.literal('self-signed'), names }),
  z.object({ kind: z.literal('uploaded'), chain: pem, key: pem }),
  z.object({ kind: z.literal('files'), certificateFile: path, keyFile: path }),
]);

export async function addCertificateAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(added, form, async (fields) => {
    const isMade = fields.kind === 'acme' || fields.kind === 'self-signed';
    const input = isMade ? { kind: fields.kind, names: parseNames(fields.names) } : fields;
    await addCertificate(input, admin.address);
    revalidatePath('/admin/certificates');
    const text = isMade ? 'Being made: it is in use as soon as it is there' : 'In use from now on';
    return { status: 'ok', text };
  });
}

export async function replaceCertificateAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(z.object({ id, chain: pem, key: pem }), form, async ({ id, ...pair }) => {
    await replaceCertificate(id, pair, admin.address);
    revalidatePath('/admin/certificates');
    return { status: 'ok', text: 'Replaced: in use from the next connection on' };
  });
}

export async function orderCertificateAction(certificate: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await orderCertificate(id.parse(certificate), admin.address);
    revalidatePath('/admin/certificates');
  });
}

export async function removeCertificateAction(certificate: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeCertificate(id.parse(certificate), admin.address);
    revalidatePath('/admin/certificates');
  });
}

/** Where the terms of the authority stand, or why that is not known. */
export async function readTermsAction(): Promise<{ terms: string } | string> {
  await requireAdmin();
  return answerFound(() => askDaemon('acme-terms'));
}

/** Agrees to the terms of the authority and makes an account there. */
export async function agreeAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(z.object({ isAgreed: z.string().default('') }), form, async ({ isAgreed }) => {
    if (isAgreed !== 'on') {
      throw new Refusal('invalid', 'The authority wants somebody to agree to its terms.');
    }
    await askDaemon('acme-account', { what: 'agree', by: admin.address });
    revalidatePath('/admin/certificates');
    return { status: 'ok', text: 'The account is there' };
  });
}

export async function changeAccountKeyAction(): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await askDaemon('acme-account', { what: 'roll', by: admin.address });
    revalidatePath('/admin/certificates');
  });
}

/** Every test for an order of these names, or why there can be none. */
export async function checkNamesAction(text: string): Promise<CheckFinding[] | string> {
  await requireAdmin();
  return answerFound(() => askDaemon('certificate-check', { names: parseNames(String(text)) }));
}

/** The names that are offered, each with whether its DNS leads here. */
export async function offerNamesAction(): Promise<CheckedName[] | string> {
  await requireAdmin();
  return answerFound(() => askDaemon('certificate-names'));
}

async function answerFound<T>(ask: () => Promise<T>): Promise<T | string> {
  try {
    return await ask();
  } catch (error) {
    if (isRefusal(error)) return error.message;
    throw error;
  }
}
