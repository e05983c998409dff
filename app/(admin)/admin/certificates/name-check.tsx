// "Check": every test for an order, without ordering.
'use client';
import { useState, useTransition } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { CheckFinding } from '#lib/certificates/finding.ts';
import { checkNamesAction } from './actions.ts';

export function NameCheck() {
  const [names, setNames] = useState('');
  const [found, setFound] = useState<CheckFinding[] | string | null>(null);
  const [isPending, start] = useTransition();
  return (
    <section className="mt-8" aria-labelledby="name-check">
      <h2 id="name-check" className="text-lg font-semibold">
        Would an order work?
      </h2>
      <p className="mb-3 text-muted">
        Makes every test for these names, as the authority would. Nothing is ordered.
      </p>
      <form
        className="grid items-end gap-3 sm:grid-cols-[1fr_auto]"
        onSubmit={(event) => {
          event.preventDefault();
          start(async () => setFound(await checkNamesAction(names)));
        }}
      >
        <Field label="Host names to check">
          <Input
            value={names}
            placeholder="mail.example.org, mta-sts.example.org"
            autoCapitalize="off"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setNames(event.target.value)}
          />
        </Field>
        <Button type="submit" isPending={isPending} disabled={names.trim() === ''}>
          Check
        </Button>
      </form>
      <div role="status" className="mt-4">
        {typeof found === 'string' && <Banner tone="danger">{found}</Banner>}
        {Array.isArray(found) && (
          <ul className="divide-y rounded-lg border bg-surface">
            {found.map(({ subject, isGood, text }) => (
              <li
                key={subject}
                className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5"
              >
                <Badge tone={isGood ? 'ok' : 'danger'}>{isGood ? 'good' : 'wrong'}</Badge>
                <span className="font-medium break-all">{subject}</span>
                <span className="min-w-0 basis-full break-words text-muted sm:basis-0 sm:grow">
                  {text}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
