// Second factor, passkeys, app passwords, sessions.
import type { Metadata } from 'next';
import { NextIntlClientProvider } from 'next-intl';
import { getMessages, getTranslations } from 'next-intl/server';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { FactorSection } from '#components/mail/security/factor-section.tsx';
import { PasskeySection } from '#components/mail/security/passkey-section.tsx';
import { ProofProvider } from '#components/mail/security/password-dialog.tsx';
import { ProgramSection } from '#components/mail/security/program-section.tsx';
import { SessionSection } from '#components/mail/security/session-section.tsx';
import { ToldSection } from '#components/mail/security/told-section.tsx';
import { listAppPasswords } from '#lib/accounts/app-password.ts';
import { isFreshSignIn } from '#lib/accounts/own-password.ts';
import { readSecondFactor } from '#lib/accounts/second-factor/factor.ts';
import { listTold } from '#lib/accounts/told-user.ts';
import { listWebSessions } from '#lib/accounts/web-session.ts';
import { readClaims, requireOwnUser } from '../../../session.ts';
import {
  addAppPasswordAction,
  addPasskeyAction,
  beginAuthenticatorAction,
  beginPasskeyAction,
  confirmAuthenticatorAction,
  endOtherSessionsAction,
  endSessionAction,
  newRecoveryCodesAction,
  removeAppPasswordAction,
  removeAuthenticatorAction,
  removePasskeyAction,
} from './actions.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('security.title') };
}

export default async function SecurityPage() {
  const { id, hasPassword } = await requireOwnUser();
  const [factor, passwords, sessions, claims, told, { ui, options, security }] = await Promise.all([
    readSecondFactor(id),
    listAppPasswords(id),
    listWebSessions(id),
    readClaims(),
    listTold(id),
    getMessages(),
  ]);
  const { hasAuthenticator, passkeys, recoveryCodes } = factor;
  const own = sessions.find((session) => session.id === claims?.sessionId);
  const isFresh = own !== undefined && isFreshSignIn(own);
  return (
    <>
      <OptionsHead page="security" />
      <NextIntlClientProvider messages={{ ui, options, security }}>
        <ProofProvider value={hasPassword ? 'password' : isFresh ? 'fresh' : 'directory'}>
          <FactorSection
            hasAuthenticator={hasAuthenticator}
            recoveryCodes={recoveryCodes}
            hasFactor={hasAuthenticator || passkeys.length > 0}
            begin={beginAuthenticatorAction}
            confirm={confirmAuthenticatorAction}
            turnOff={removeAuthenticatorAction}
            renewCodes={newRecoveryCodesAction}
          />
          <PasskeySection
            passkeys={passkeys}
            begin={beginPasskeyAction}
            add={addPasskeyAction}
            remove={removePasskeyAction}
          />
          <ProgramSection
            passwords={passwords}
            add={addAppPasswordAction}
            remove={removeAppPasswordAction}
          />
          <SessionSection
            sessions={sessions}
            currentId={claims?.sessionId ?? ''}
            end={endSessionAction}
            endOthers={endOtherSessionsAction}
          />
          {told.length > 0 && <ToldSection told={told} />}
        </ProofProvider>
      </NextIntlClientProvider>
    </>
  );
}
