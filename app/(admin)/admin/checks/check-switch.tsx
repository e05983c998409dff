// The switch of a check: what its setting can say in one word. Anything more stands on the page of the setting.
'use client';
import { useRouter } from 'next/navigation';
import { useOptimistic, useTransition } from 'react';
import { Switch } from '#components/ui/checkbox.tsx';
import { Select } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { switchCheckAction } from './actions.ts';

/** `value` is "on" or "off" where there are no `choices`. */
export function CheckSwitch({
  settingKey,
  title,
  value,
  choices,
}: {
  settingKey: string;
  title: string;
  value: string;
  choices: { value: string; label: string }[];
}) {
  const toast = useToast();
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const [shown, show] = useOptimistic(value);
  const change = (wanted: string) =>
    startTransition(async () => {
      show(wanted);
      const error = await switchCheckAction(settingKey, wanted);
      const label = choices.find((choice) => choice.value === wanted)?.label ?? wanted;
      if (error) toast.show({ text: error, kind: 'error' });
      else toast.show({ text: `${title}: ${label}` });
      router.refresh();
    });
  if (choices.length === 0) {
    return (
      <Switch
        checked={shown === 'on'}
        disabled={isPending}
        onChange={(event) => change(event.target.checked ? 'on' : 'off')}
        aria-label={title}
      />
    );
  }
  return (
    <Select
      value={shown}
      disabled={isPending}
      onChange={(event) => change(event.target.value)}
      aria-label={title}
      className="w-44"
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </Select>
  );
}
