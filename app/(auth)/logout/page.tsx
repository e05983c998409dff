// Asks before signing out: an address alone must not end a session.
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { currentSession } from '../../session.ts';
import { signOutAction } from '../actions.ts';

export const metadata: Metadata = { title: 'Sign out' };

export default async function LogoutPage() {
  const account = await currentSession();
  if (!account) redirect('/login');
  return (
    <div className="rounded-lg border bg-surface p-6">
      <h1 className="text-lg font-semibold">Sign out?</h1>
      <p className="mt-2 text-muted">You are signed in as {account.address}.</p>
      <form action={signOutAction} className="mt-5 flex gap-2">
        <Button type="submit" variant="primary">
          Sign out
        </Button>
        <ButtonLink href="/mail">Stay</ButtonLink>
      </form>
    </div>
  );
}
