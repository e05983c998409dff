// Addresses of the panel that lead nowhere: said within its frame, so that the menu stays (not-found.tsx).
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireStaff } from '../../../session.ts';

export const metadata: Metadata = { title: 'Nothing here' };

export default async function MissingPage() {
  await requireStaff('overview');
  notFound();
}
