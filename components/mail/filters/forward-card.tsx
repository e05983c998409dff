// Forwarding of everything: a rule without conditions, with a form of its own, since it is what most people look for.
'use client';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { NewRule, Rule } from '#lib/filters/rule.ts';
import { errorText } from '../state/request.ts';

/** The rule that this form is for: without conditions, and nothing but one forward. */
export function isForwardAll({ conditions, actions }: Rule): boolean {
  return conditions.length === 0 && actions.length === 1 && actions[0]?.do === 'forward';
}

export function ForwardCard({
  rule,
  onSave,
  onRemove,
}: {
  rule: Rule | null;
  onSave: (rule: NewRule, id: string | null) => Promise<void>;
  onRemove: (id: string) => Promise<void>;
}) {
  const t = useTranslations('filters.forward');
  const toast = useToast();
  const forward = rule?.actions.find((action) => action.do === 'forward');
  const [address, setAddress] = useState(forward?.address ?? '');
  const [isKept, setIsKept] = useState(forward?.isKept ?? true);
  const [error, setError] = useState('');
  const [isPending, setIsPending] = useState(false);
  const attempt = async (work: () => Promise<void>, text: string) => {
    setIsPending(true);
    setError('');
    try {
      await work();
      toast.show({ text });
    } catch (error) {
      setError(errorText(error));
    }
    setIsPending(false);
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    const wanted: NewRule = {
      name: rule?.name ?? t('rule'),
      ...{ match: 'all', conditions: [], isLast: false, isDisabled: false },
      actions: [{ do: 'forward', address, isKept }],
    };
    void attempt(() => onSave(wanted, rule?.id ?? null), t('saved'));
  };
  const stop = () => {
    if (!rule) return;
    void attempt(async () => {
      await onRemove(rule.id);
      setAddress('');
    }, t('stopped'));
  };
  return (
    <form onSubmit={save} aria-label={t('title')} className="rounded-lg border p-4">
      <h2 className="font-semibold">{t('title')}</h2>
      <p className="mb-3 text-muted">
        {forward && !rule?.isDisabled ? t('on', { address: forward.address }) : t('help')}
      </p>
      <div className="flex flex-wrap items-end gap-3">
        <Field label={t('address')} error={error} className="min-w-56 flex-1">
          <Input
            type="email"
            required
            maxLength={254}
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        </Field>
        <Checkbox
          className="pb-1.5"
          label={t('keep')}
          checked={isKept}
          onChange={(event) => setIsKept(event.target.checked)}
        />
        <Button type="submit" isPending={isPending}>
          {t('save')}
        </Button>
        {rule && (
          <Button variant="danger-ghost" onClick={stop} disabled={isPending}>
            {t('stop')}
          </Button>
        )}
      </div>
    </form>
  );
}
