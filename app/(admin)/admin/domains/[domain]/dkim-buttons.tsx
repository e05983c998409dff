'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import {
  activateKeysAction,
  createKeysAction,
  lookUpAction,
  removeKeyAction,
  retireKeyAction,
} from './dkim-actions.ts';

export function CreateKeys({ domain, isFirst }: { domain: string; isFirst: boolean }) {
  return (
    <ActionButton
      variant={isFirst ? 'primary' : 'secondary'}
      action={() => createKeysAction(domain)}
      doneText="Keys made: publish their records now"
    >
      {isFirst ? 'Make keys' : 'Make new keys'}
    </ActionButton>
  );
}

export function StartSigning({ domain }: { domain: string }) {
  return (
    <ActionButton
      variant="primary"
      action={() => activateKeysAction(domain, null)}
      doneText={`Mail of ${domain} is signed with the new keys`}
    >
      Start signing
    </ActionButton>
  );
}

export function LookUp({ domain }: { domain: string }) {
  return (
    <ActionButton action={() => lookUpAction(domain)} doneText="Looked up">
      Look up again
    </ActionButton>
  );
}

/** What may be done with one key. */
export function KeyButtons({
  domain,
  selector,
  state,
  isLastActive,
  mayGoText,
}: {
  domain: string;
  selector: string;
  state: 'new' | 'active' | 'old';
  /** Without it nothing is signed any more. */
  isLastActive: boolean;
  /** Until when the record is needed; empty where it is not. */
  mayGoText: string;
}) {
  if (state === 'active') {
    return (
      <ActionButton
        size="sm"
        variant="ghost"
        aria-label={`Retire ${selector}`}
        action={() => retireKeyAction(domain, selector)}
        doneText={`${selector} signs no more`}
        confirm={{
          title: `Retire ${selector}?`,
          text: isLastActive
            ? `It is the last key: mail of ${domain} will leave without a signature. Keep its DNS record for a week, for mail that is still on its way.`
            : 'It signs no more. Keep its DNS record for a week, for mail that is still on its way.',
          confirmLabel: 'Retire key',
        }}
      >
        Retire
      </ActionButton>
    );
  }
  return (
    <>
      <ActionButton
        size="sm"
        variant="ghost"
        aria-label={`Activate ${selector}`}
        action={() => activateKeysAction(domain, selector)}
        doneText={`${selector} signs from now on`}
      >
        Activate
      </ActionButton>
      <ActionButton
        size="sm"
        variant="danger-ghost"
        aria-label={`Delete ${selector}`}
        action={() => removeKeyAction(domain, selector)}
        doneText={`${selector} deleted`}
        confirm={{
          title: `Delete ${selector}?`,
          text: mayGoText
            ? `The key cannot be had back. Keep its DNS record until ${mayGoText}: mail that it has signed may still be on its way.`
            : 'The key cannot be had back. Its DNS record may go.',
          confirmLabel: 'Delete key',
        }}
      >
        Delete
      </ActionButton>
    </>
  );
}
