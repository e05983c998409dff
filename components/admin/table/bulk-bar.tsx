// What can be done to the rows that are chosen in a list: a button each, asked about first; what was refused is told by name.
'use client';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { Input } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { BulkReport } from '#lib/accounts/bulk-report.ts';
import { type Chosen, SelectionBar } from './selection.tsx';

export type BulkQuestion<Action> = {
  label: string;
  title: string;
  text: string;
  isDanger?: boolean;
  /** A field of the dialog */
  field?: { label: string; help?: string };
  make(written: string): Action;
};

export type BulkAnswer = { error?: string; report?: BulkReport };

/** Ids, or the parameters of a page that find the rows. */
export type Wanted = { ids: string[] } | { filter: Record<string, string> };

type Bulk<Action> = {
  /** What one row is: "user" */
  noun: string;
  plural?: string;
  /** The parameters of the page */
  filter: Record<string, string>;
  perform(wanted: Wanted, action: Action): Promise<BulkAnswer>;
};

export function BulkBar<Action>({
  questions,
  ...bulk
}: Bulk<Action> & { questions: readonly BulkQuestion<Action>[] }) {
  return (
    <SelectionBar>
      {(chosen, count, letGo) =>
        questions.map((question) => (
          <Ask
            key={question.label}
            question={question}
            chosen={chosen}
            count={count}
            letGo={letGo}
            {...bulk}
          />
        ))
      }
    </SelectionBar>
  );
}

function Ask<Action>({
  question,
  chosen,
  count,
  letGo,
  noun,
  plural,
  filter,
  perform,
}: Bulk<Action> & {
  question: BulkQuestion<Action>;
  chosen: Chosen;
  count: string;
  letGo: () => void;
}) {
  const toast = useToast();
  const router = useRouter();
  const [isAsking, setIsAsking] = useState(false);
  const [written, setWritten] = useState('');
  const [refused, setRefused] = useState<BulkReport | null>(null);
  const [, startTransition] = useTransition();
  const run = async () => {
    const { error, report } = await perform(
      'isAll' in chosen ? { filter } : { ids: chosen.ids },
      question.make(written.trim()),
    );
    if (error || !report) return error ?? 'Something went wrong.';
    if (report.done > 0)
      toast.show({ text: `Done for ${formatPlural(report.done, noun, plural)}` });
    if (report.refused > 0) setRefused(report);
    else letGo();
    startTransition(() => router.refresh());
    return undefined;
  };
  return (
    <>
      <Button
        size="sm"
        variant={question.isDanger ? 'danger-ghost' : 'secondary'}
        onClick={() => setIsAsking(true)}
      >
        {question.label}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={question.title}
        confirmLabel={`${question.label.replace('…', '')} (${count})`}
        isDanger={question.isDanger === true}
        onConfirm={run}
      >
        <p>{question.text}</p>
        {question.field && (
          <Field label={question.field.label} help={question.field.help} className="mt-3">
            <Input value={written} onChange={(event) => setWritten(event.target.value)} />
          </Field>
        )}
      </ConfirmDialog>
      {refused && (
        <ConfirmDialog
          isOpen
          onClose={() => {
            setRefused(null);
            letGo();
          }}
          title={`Not done for ${formatPlural(refused.refused, noun, plural)}`}
          confirmLabel="Good"
          isDanger={false}
          onConfirm={() => {}}
        >
          <ul className="flex flex-col gap-1">
            {refused.reasons.map(({ address, text }) => (
              <li key={address} className="break-words">
                <span className="text-ink">{address}</span>: {text}
              </li>
            ))}
          </ul>
          {refused.refused > countTold(refused) && <p className="mt-2">…</p>}
        </ConfirmDialog>
      )}
    </>
  );
}

function countTold({ reasons }: BulkReport): number {
  return reasons.reduce((sum, { count = 1 }) => sum + count, 0);
}
