// A session lives long, and so does a transaction: whoever was disabled, or got a new password meanwhile, does
// not send any more.
import { checkSession } from '#lib/accounts/sessions.ts';
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const activeAccount: Check<'mail' | 'data'> = {
  name: 'active-account',
  title: 'The account may still send',
  async run({ client }) {
    if (!client.account) return pass;
    const { id, epoch } = client.account;
    if (await checkSession({ accountId: id, epoch })) return pass;
    return refuse('signed-out', 'Sign in again');
  },
};
