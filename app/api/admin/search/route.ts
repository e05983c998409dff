// The search of the panel while somebody types: pages, settings, users, domains, aliases, who is blocked, messages.
import type { NextRequest } from 'next/server';
import { findThings } from '#lib/find/find.ts';
import { findPages } from '../../../(admin)/find-pages.ts';
import { findTasks, findWays } from '../../../(admin)/find-tasks.ts';
import { requireStaff } from '../../../session.ts';

/** GET ?q=text → {found: Found[]} */
export async function GET(request: NextRequest): Promise<Response> {
  const staff = await requireStaff('overview');
  const text = (request.nextUrl.searchParams.get('q') ?? '').slice(0, 1000);
  const found = [
    ...findPages(staff.role, text),
    ...findTasks(staff.role, text),
    ...(await findThings(staff, text)),
    ...findWays(staff.role, text),
  ];
  return Response.json({ found }, { headers: { 'cache-control': 'no-store' } });
}
