// The mark on every page of the webmail while an administrator is signed in as a user, with the way out.
import { getFormatter, getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { currentActing } from '../session.ts';
import { leaveActingAction } from './acting-actions.ts';

/** What stands below begins below the bar, and fills what is left of the screen. */
export async function ActingBar({ children }: { children: ReactNode }) {
  const acting = await currentActing();
  if (!acting) return children;
  const [t, format] = [await getTranslations('mail.acting'), await getFormatter()];
  return (
    <div className="pt-10 print:pt-0 [&_.h-dvh]:h-[calc(100dvh-2.5rem)]">
      <section
        aria-label={t('label')}
        data-acting={acting.account.address}
        className="fixed inset-x-0 top-0 z-50 flex h-10 items-center justify-between gap-3 bg-danger px-4 text-sm text-on-danger print:hidden"
      >
        <p className="min-w-0 truncate">
          {t.rich('text', {
            address: acting.account.address,
            time: format.dateTime(acting.until, { hour: '2-digit', minute: '2-digit' }),
            b: (chunks) => <strong>{chunks}</strong>,
          })}
        </p>
        <form action={leaveActingAction}>
          <Button type="submit" size="sm">
            {t('leave')}
          </Button>
        </form>
      </section>
      {children}
    </div>
  );
}
