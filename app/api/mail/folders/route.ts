// The folder list with its counts.
import { listFolders } from '#lib/webmail/list/mailboxes.ts';
import { readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => ({ folders: await listFolders(account) }));
