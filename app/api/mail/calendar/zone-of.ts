// The zone a request is about: what the browser says, else what the account chose.
import { zoneOf } from '#lib/calendar/invitation.ts';
import { isTimeZone } from '#lib/i18n/locales.ts';

/** ?zone= where it is one. */
export async function readZone(request: Request, accountId: string): Promise<string> {
  const asked = new URL(request.url).searchParams.get('zone') ?? '';
  return isTimeZone(asked) ? asked : zoneOf(accountId);
}
