'use client';
import type { ReactNode } from 'react';
import { describeAgent } from '#components/mail/security/agent.ts';
import { ActionButton } from '#components/ui/action-button.tsx';
import { Time } from '#components/ui/time.tsx';
import type { AppPassword } from '#lib/accounts/app-password.ts';
import type { SecondFactor } from '#lib/accounts/second-factor/factor.ts';
import type { WebSession } from '#lib/accounts/web-session.ts';
import {
  endUserSessionAction,
  endUserSessionsAction,
  removeUserAppPasswordAction,
  resetSecondFactorAction,
} from './sign-in-actions.ts';

/** How the user signs in: the second factor, app passwords and browsers, and the way to end each. */
export function SignInSection({
  id,
  factor,
  passwords,
  sessions,
  mayTakeAway,
}: {
  id: string;
  factor: SecondFactor;
  passwords: AppPassword[];
  sessions: WebSession[];
  /** Second factor and app passwords; the help desk only signs out. */
  mayTakeAway: boolean;
}) {
  const words = [
    factor.hasAuthenticator && 'authenticator app',
    factor.passkeys.length > 0 && `passkeys: ${factor.passkeys.map(({ name }) => name).join(', ')}`,
  ].filter(Boolean);
  return (
    <div className="flex flex-col gap-4">
      <List name="Second factor">
        <Item
          title={words.length > 0 ? words.join('; ') : 'None'}
          text={words.length > 0 && `${factor.recoveryCodes} recovery codes left`}
          action={
            mayTakeAway &&
            words.length > 0 && (
              <ActionButton
                action={() => resetSecondFactorAction(id)}
                doneText="The password alone opens the mailbox again"
                confirm={{
                  title: 'Take the second factor away?',
                  text: 'For a user who has lost phone and codes. The password alone opens the mailbox then, so be sure who asks.',
                  confirmLabel: 'Take away',
                  isDanger: true,
                }}
              >
                Take away
              </ActionButton>
            )
          }
        />
      </List>
      {passwords.length > 0 && (
        <List name="App passwords">
          {passwords.map((one) => (
            <Item
              key={one.id}
              title={one.name}
              text={
                <>
                  {one.protocols.join(', ')} ·{' '}
                  {one.lastUsedAt ? (
                    <>
                      last used <Time at={one.lastUsedAt} /> from {one.lastRemote}
                    </>
                  ) : (
                    'never used'
                  )}
                </>
              }
              action={
                mayTakeAway && (
                  <ActionButton
                    action={() => removeUserAppPasswordAction(id, one.id)}
                    doneText={`“${one.name}” opens nothing any more`}
                  >
                    Remove
                  </ActionButton>
                )
              }
            />
          ))}
        </List>
      )}
      {sessions.length > 0 && (
        <List
          name="Browsers"
          action={
            <ActionButton action={() => endUserSessionsAction(id)} doneText="Signed out">
              Sign out all
            </ActionButton>
          }
        >
          {sessions.map((session) => (
            <Item
              key={session.id}
              title={describeAgent(session.agent) || 'Unknown browser'}
              text={
                <>
                  last used <Time at={session.lastUsedAt} /> from {session.remote || '–'}
                </>
              }
              action={
                <ActionButton
                  action={() => endUserSessionAction(id, session.id)}
                  doneText="Signed out"
                >
                  Sign out
                </ActionButton>
              }
            />
          ))}
        </List>
      )}
    </div>
  );
}

function List({
  name,
  action,
  children,
}: {
  name: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div>
      <div className="mb-1 flex items-center justify-between gap-3">
        <h3 className="text-sm font-medium">{name}</h3>
        {action}
      </div>
      <ul aria-label={name} className="divide-y rounded-lg border">
        {children}
      </ul>
    </div>
  );
}

function Item({ title, text, action }: { title: ReactNode; text: ReactNode; action: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-4 py-2">
      <div className="min-w-0">
        <p className="truncate">{title}</p>
        {text && <p className="text-sm text-muted">{text}</p>}
      </div>
      {action}
    </li>
  );
}
