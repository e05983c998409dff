'use client';
import { useRouter } from 'next/navigation';
import { ActionButton } from '#components/ui/action-button.tsx';
import type { FirstRunStep } from '#lib/accounts/first-run.ts';
import { passStepAction } from './actions.ts';

/** Marks the step as done and opens the next one; the panel behind the last. */
export function NextButton({
  step,
  next,
  isGood,
}: {
  step: FirstRunStep;
  next: FirstRunStep | null;
  isGood: boolean;
}) {
  const router = useRouter();
  return (
    <div className="flex justify-end">
      <ActionButton
        variant={isGood || next === null ? 'primary' : 'secondary'}
        size="lg"
        action={() => passStepAction(step)}
        onDone={() => router.push(next ? `/admin/wizard?step=${next}` : '/admin')}
      >
        {next === null ? 'Finish' : isGood ? 'Next' : 'Go on anyway'}
      </ActionButton>
    </div>
  );
}
