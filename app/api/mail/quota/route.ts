// How full the mailbox is.
import { readQuota } from '#lib/webmail/folders/quota.ts';
import { readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => ({ quota: await readQuota(account) }));
