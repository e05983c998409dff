'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { applyPresetAction } from './actions.ts';

export function UsePreset({ name, title }: { name: string; title: string }) {
  return (
    <ActionButton
      size="sm"
      action={() => applyPresetAction(name)}
      doneText={`${title} checks are on`}
    >
      Use
    </ActionButton>
  );
}
