// The frame of the options: their list at the side; on a phone it is the page /options.
import type { ReactNode } from 'react';
import { PageFrame } from '#components/mail/frame/page-frame.tsx';
import { OptionsNav } from '#components/mail/options/options-nav.tsx';
import { signOutAction } from '../../(auth)/actions.ts';
import { requireUser } from '../../session.ts';
import { readFrame } from '../frame.ts';
import { Texts } from '../texts.tsx';
import { declaredPreferences } from './declared.ts';

export default async function OptionsLayout({ children }: { children: ReactNode }) {
  const account = await requireUser();
  return (
    <Texts>
      <PageFrame current="options" {...(await readFrame(account))} signOut={signOutAction}>
        <div className="mx-auto flex max-w-5xl gap-8 p-4 lg:p-6">
          <OptionsNav
            declared={declaredPreferences()}
            className="sticky top-6 w-56 shrink-0 self-start max-md:hidden"
          />
          <div className="min-w-0 flex-1">{children}</div>
        </div>
      </PageFrame>
    </Texts>
  );
}
