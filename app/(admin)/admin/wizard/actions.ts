// What the steps of the first run change: the same functions as the pages behind them.
'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { firstRunSteps, passFirstRunStep } from '#lib/accounts/first-run.ts';
import { askDaemon } from '#lib/control.ts';
import { relayTlsModes } from '#lib/queue/relay-check.ts';
import {
  addRelayRule,
  hasNoConditions,
  listRelayRules,
  removeRelayRule,
  updateRelayRule,
} from '#lib/queue/relay-rule.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const hostForm = z.object({ hostname: z.string().trim().min(1, 'Give a name.').max(253) });

/** The name of the server. */
export async function saveHostAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(
    hostForm,
    form,
    async ({ hostname }) => {
      await writeSetting('server.hostname', hostname, admin.address);
      return checkAnd(['host-name', 'reverse-name', 'certificate'], 'Saved');
    },
    { 'server.hostname': 'hostname' },
  );
}

const domainForm = z.object({ name: z.string().trim().min(1, 'Give a domain.').max(253) });

/** Another domain. */
export async function addWizardDomainAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(domainForm, form, async ({ name }) => {
    await addDomain({ name }, admin.address);
    return checkAnd(['domains'], `${name} is here now`);
  });
}

const smartHostForm = z.object({
  host: z.string().trim().min(1, 'Give the name of the host.').max(253),
  port: z.coerce.number('Give a port.').int('Give a port.').min(1).max(65_535, 'Give a port.'),
  tlsMode: z.enum(relayTlsModes),
  username: z.string().trim().max(400),
  password: z.string().max(1024),
});

/** All mail leaves through this host; its login is tried first. */
export async function saveSmartHostAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(smartHostForm, form, async (fields) => {
    await askDaemon('smart-host', fields);
    const { host, port, ...login } = fields;
    const rule = await findRuleForAll();
    const input = { target: 'hosts' as const, hosts: `${host}:${port}`, ...login };
    if (rule) await updateRelayRule(rule.id, input, admin.address);
    else await addRelayRule(input, admin.address);
    return checkAnd(['outbound'], `${host} works, and takes all mail that leaves`);
  });
}

/** Mail goes to the servers of its recipients. */
export async function sendDirectlyAction(): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const rule = await findRuleForAll();
    if (rule) await removeRelayRule(rule.id, admin.address);
    await checkAnd(['outbound'], '');
  });
}

async function findRuleForAll() {
  return (await listRelayRules()).find((rule) => hasNoConditions(rule) && rule.target === 'hosts');
}

/** What was changed is looked at; a daemon that does not answer shows on the page. */
async function checkAnd(ids: string[], text: string): Promise<FormState> {
  await askDaemon('doctor', { ids }).catch(() => undefined);
  revalidatePath('/admin', 'layout');
  return { status: 'ok', text };
}

const testForm = z.object({ to: z.string().trim().min(1, 'Give an address.').max(400) });

/** A mail to oneself or to an address elsewhere. */
export async function sendTestMailAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(testForm, form, async ({ to }) => {
    const { traceId } = await askDaemon<{ traceId: string }>('test-mail', {
      from: admin.address,
      to,
    });
    const text = traceId ? 'On its way: Queue and Events show it' : 'It is in the inbox';
    return { status: 'ok', text };
  });
}

/** The step needs no more attention. */
export async function passStepAction(step: string): Promise<string | undefined> {
  await requireAdmin();
  return answerButton(async () => {
    await passFirstRunStep(z.enum(firstRunSteps).parse(step));
    revalidatePath('/admin', 'layout');
  });
}
