'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { allowAddressAction } from '../actions.ts';

export function AllowButton({ address }: { address: string }) {
  return (
    <ActionButton
      size="sm"
      action={() => allowAddressAction(address)}
      doneText={`Mail goes to ${address} again`}
      aria-label={`Allow ${address}`}
    >
      Allow
    </ActionButton>
  );
}
