// Asked every few seconds by the frame of the panel.
import { requireStaff } from '../../../../session.ts';
import { readRevisionStatus } from '../../../revision-status.ts';

export async function GET(): Promise<Response> {
  const staff = await requireStaff('overview');
  return Response.json(await readRevisionStatus(staff), {
    headers: { 'cache-control': 'no-store' },
  });
}
