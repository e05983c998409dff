// "/": on to the mail, to the sign-in page, or, before the set-up, a word on how to begin.
import { redirect } from 'next/navigation';
import { isSetUp } from '#lib/accounts/setup.ts';
import { currentSession } from '../session.ts';

export default async function StartPage() {
  if (await isSetUp()) redirect((await currentSession()) ? '/mail' : '/login');
  return (
    <div className="rounded-lg border bg-surface p-6">
      <h1 className="text-lg font-semibold">Almost there</h1>
      <p className="mt-2 text-muted">
        This server has not been set up yet. Open the one-time set-up link that was printed in the
        terminal when it started.
      </p>
      <p className="mt-3 text-muted">No link at hand? Run this on the server for a new one:</p>
      <pre className="mt-2 overflow-x-auto rounded-md border bg-sunken px-3 py-2 font-mono text-sm">
        npx drey setup-link
      </pre>
    </div>
  );
}
