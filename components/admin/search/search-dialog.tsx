// Everything of the panel by its name (Ctrl+K, "/"): found by the server while somebody types. Loaded when it is opened.
'use client';
import { Command } from 'cmdk';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useModal } from '#components/ui/use-modal.ts';
import { type Found, type FoundKind, kindLabels } from './found.ts';

/** `text` null: none yet */
type Answer = { text: string | null; found: Found[] | null };

const kinds = Object.keys(kindLabels) as FoundKind[];
const keyOf = ({ kind, href, label }: Found) => `${kind} ${href} ${label}`;

export function SearchDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const [text, setText] = useState('');
  const answer = useFound(text);
  const open = (href: string) => {
    onClose();
    router.push(href);
  };
  const isCurrent = answer.text === text.trim();
  const groups = kinds.map((kind) => ({
    kind,
    some: (answer.found ?? []).filter((each) => each.kind === kind),
  }));
  // The first of each answer; left to itself, Command stays with one that is gone, and Enter does nothing.
  const [first] = groups.flatMap(({ some }) => some);
  const [chosen, setChosen] = useState<{ of: Answer; value: string } | null>(null);
  const value = chosen?.of === answer ? chosen.value : first ? keyOf(first) : '';
  return (
    <dialog
      {...useModal(true, onClose)}
      aria-label="Search"
      className="mx-auto mt-[12dvh] mb-auto max-h-[70dvh] w-[min(38rem,calc(100vw-2rem))] overflow-hidden rounded-lg border bg-surface p-0 text-ink shadow-float"
    >
      <Command
        label="Search"
        shouldFilter={false}
        loop
        value={value}
        onValueChange={(next) => setChosen({ of: answer, value: next })}
        // What is shown may be the answer to less than what was typed.
        onKeyDown={(event) => event.key === 'Enter' && !isCurrent && event.preventDefault()}
        className="flex max-h-[70dvh] flex-col"
      >
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder="Address, Message-ID, page, setting, name in Postfix …"
          className="h-12 w-full shrink-0 border-b bg-surface px-4 text-base outline-none placeholder:text-faint pointer-coarse:text-lg"
        />
        <Command.List
          data-found={isCurrent && answer.found ? text.trim() : undefined}
          className="min-h-0 flex-1 overflow-y-auto p-1.5"
        >
          <p role="status" className="px-3 py-6 text-center text-muted empty:hidden">
            {describe(text, answer, isCurrent)}
          </p>
          {groups.map(({ kind, some }) => {
            if (some.length === 0) return null;
            return (
              <Command.Group
                key={kind}
                heading={kindLabels[kind]}
                className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
              >
                {some.map((each) => (
                  <Command.Item
                    key={keyOf(each)}
                    value={keyOf(each)}
                    onSelect={() => open(each.href)}
                    className="flex cursor-pointer items-baseline gap-3 rounded-md px-2 py-1.5 aria-selected:bg-accent-soft aria-selected:text-accent-text pointer-coarse:py-2.5"
                  >
                    <span className="max-w-[65%] min-w-0 shrink-0 truncate">{each.label}</span>
                    <span className="min-w-0 flex-1 truncate text-end text-sm text-muted">
                      {each.detail}
                    </span>
                  </Command.Item>
                ))}
              </Command.Group>
            );
          })}
        </Command.List>
      </Command>
    </dialog>
  );
}

function describe(text: string, { found }: Answer, isCurrent: boolean): string {
  if (!isCurrent) return '';
  if (found === null) return 'The search does not answer. Try again.';
  if (text.trim() === '') return '';
  return found.every(({ kind }) => kind === 'way') ? 'Nothing of that name.' : '';
}

/** What the server finds for the text; answers that come late are thrown away. */
function useFound(typed: string): Answer {
  const [answer, setAnswer] = useState<Answer>({ text: null, found: [] });
  const text = typed.trim();
  useEffect(() => {
    const ending = new AbortController();
    const ask = async () => {
      const url = `/api/admin/search?q=${encodeURIComponent(text)}`;
      const response = await fetch(url, { signal: ending.signal });
      const { found } = (await response.json()) as { found: Found[] };
      setAnswer({ text, found });
    };
    // Not at each key of somebody who types fast.
    const timer = setTimeout(() => {
      ask().catch(() => {
        if (!ending.signal.aborted) setAnswer({ text, found: null });
      });
    }, 80);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [text]);
  return answer;
}
