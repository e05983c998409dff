// A file of the configuration: chosen or typed, what it would change, and the change.
'use client';
import { FileUp } from 'lucide-react';
import { useRef, useState, useTransition } from 'react';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input, Textarea } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { PlannedChange } from '#lib/configuration/plan.ts';
import { applyAction, planAction } from './actions.ts';

type Answer = Awaited<ReturnType<typeof planAction>>;

const example = `settings:
  web.title: Mail
networks:
  - cidr: 192.0.2.0/24
    comment: office`;

const words: Record<PlannedChange['action'], [string, Tone]> = {
  add: ['adds', 'ok'],
  change: ['changes', 'info'],
  remove: ['removes', 'danger'],
  order: ['orders', 'info'],
};

const most = { characters: 900_000, shown: 500 };

export function ConfigurationForm() {
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [answer, setAnswer] = useState<(Answer & { isDone: boolean }) | null>(null);
  const [isPending, start] = useTransition();
  const chooser = useRef<HTMLInputElement>(null);
  const toast = useToast();
  const write = (given: string) => {
    setText(given);
    setAnswer(null);
  };
  const choose = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > most.characters) {
      toast.show({ text: 'So long a file is applied by "drey apply FILE".', kind: 'error' });
    } else write(await file.text());
  };
  const run = (isDone: boolean) =>
    start(async () => {
      const given = await (isDone ? applyAction(text, reason) : planAction(text));
      const isGood = !given.error && given.problems.length === 0;
      setAnswer({ ...given, isDone: isDone && isGood });
      if (isDone && isGood) toast.show({ text: 'Applied' });
    });
  const mayApply = answer !== null && !answer.isDone && isUseful(answer);
  return (
    <div className="flex flex-col gap-4">
      <Field label="File">
        <Textarea
          value={text}
          rows={14}
          className="font-mono"
          placeholder={example}
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => write(event.target.value)}
        />
      </Field>
      <div className="flex flex-wrap items-end gap-2">
        <input
          ref={chooser}
          type="file"
          accept=".yaml,.yml,application/yaml,text/plain"
          className="hidden"
          aria-label="Choose a file"
          onChange={(event) => void choose(event.target.files?.[0])}
        />
        <Button
          icon={<FileUp aria-hidden className="size-4" />}
          onClick={() => chooser.current?.click()}
        >
          Choose a file
        </Button>
        <Button
          variant={mayApply ? 'secondary' : 'primary'}
          isPending={isPending}
          disabled={text.trim() === ''}
          onClick={() => run(false)}
        >
          Show what it changes
        </Button>
      </div>
      <div aria-live="polite" className="flex flex-col gap-4" data-plan={answer ? '' : undefined}>
        {answer && <Outcome answer={answer} />}
      </div>
      {mayApply && (
        <div className="flex flex-wrap items-end gap-2">
          <Field label="Reason" isOptional className="min-w-0 flex-1 basis-64">
            <Input
              value={reason}
              maxLength={500}
              placeholder="For the history"
              onChange={(event) => setReason(event.target.value)}
            />
          </Field>
          <Button variant="primary" isPending={isPending} onClick={() => run(true)}>
            Apply
          </Button>
        </div>
      )}
    </div>
  );
}

function isUseful({ error, changes, problems, isTried }: Answer): boolean {
  return !error && problems.length === 0 && changes.length > 0 && isTried;
}

function Outcome({ answer }: { answer: Answer & { isDone: boolean } }) {
  const { error, changes, problems, warnings, isTried, isDone } = answer;
  if (error) return <Banner tone="danger">{error}</Banner>;
  return (
    <>
      {problems.length > 0 && (
        <Banner tone="danger">
          <p className="font-medium">The file cannot be applied</p>
          <ul className="mt-1 list-disc ps-5">
            {problems.slice(0, most.shown).map(({ line, section, text }) => (
              <li key={`${line} ${section} ${text}`} className="break-words">
                {line !== null && <span className="font-mono text-sm">line {line} </span>}
                {section && <span className="font-mono text-sm">{section} </span>}
                {text}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {warnings.length > 0 && (
        <Banner tone="warn">
          <p className="font-medium">
            {isDone ? 'This does not fit together' : 'This would not fit together'}
          </p>
          <ul className="mt-1 list-disc ps-5">
            {warnings.map((text) => (
              <li key={text} className="break-words">
                {text}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {changes.length === 0 && problems.length === 0 && (
        <Banner tone="info">Nothing would change: the server is as the file says.</Banner>
      )}
      {!isTried && problems.length === 0 && (
        <Banner tone="warn">
          {changes.length} changes are too many to be made at once, because all mail would wait.
          They are compared here, but not tried; on the server{' '}
          <code className="font-mono">drey apply --in-parts FILE</code> makes them part by part.
        </Banner>
      )}
      {isDone && <Banner tone="ok">Applied; each change can be undone on the page History.</Banner>}
      {changes.length > 0 && (
        <ul className="divide-y rounded-lg border bg-surface" aria-label="Changes">
          {changes.slice(0, most.shown).map((change) => (
            <ChangeRow key={`${change.action} ${change.section} ${change.subject}`} {...change} />
          ))}
          {changes.length > most.shown && (
            <li className="px-4 py-2 text-muted">and {changes.length - most.shown} more</li>
          )}
        </ul>
      )}
    </>
  );
}

function ChangeRow({ action, subject, differences }: PlannedChange) {
  const [word, tone] = words[action];
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2">
      <Badge tone={tone}>{word}</Badge>
      <span className="min-w-0 font-medium break-words">{subject}</span>
      <span className="min-w-0 basis-full text-sm break-words">
        {differences.map(({ field, before, after }) => (
          <span key={field} className="me-4 inline-block">
            <span className="text-muted">{field} </span>
            {action === 'change' && (
              <>
                <span className="text-muted line-through">{before}</span>
                <span className="text-faint"> → </span>
              </>
            )}
            {after || before}
          </span>
        ))}
      </span>
    </li>
  );
}
