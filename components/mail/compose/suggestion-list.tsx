// The suggestions below a field of recipients: people, and groups that become their members.
'use client';
import { Users, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Avatar } from '#components/ui/avatar.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import type { Suggestion } from '#lib/contacts/suggest.ts';

export function SuggestionList({
  id,
  suggestions,
  at,
  setAt,
  onChoose,
  onForget,
}: {
  id: string;
  suggestions: Suggestion[];
  at: number;
  setAt: (at: number) => void;
  onChoose: (suggestion: Suggestion) => void;
  onForget: (address: string) => void;
}) {
  const t = useTranslations('compose.field');
  return (
    <div
      id={`${id}-list`}
      role="listbox"
      aria-label={t('suggestions')}
      className="absolute start-12 end-0 top-full z-20 mt-1 max-h-72 overflow-y-auto rounded-lg border bg-surface p-1 shadow-float"
    >
      {suggestions.map((each, index) => {
        const isGroup = each.kind === 'group';
        const count = each.people.length;
        const title = isGroup ? t('group', { name: each.name, count }) : each.name || each.address;
        return (
          <div
            key={isGroup ? `group ${each.name}` : each.address}
            className={joinClasses(
              'flex items-center rounded-md',
              index === at && 'bg-accent-soft',
            )}
          >
            <button
              id={`${id}-${index}`}
              type="button"
              role="option"
              aria-selected={index === at}
              tabIndex={-1}
              // The field keeps the focus; its blur would take the typed text first.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(each)}
              onMouseMove={() => setAt(index)}
              className="flex min-w-0 flex-1 items-center gap-2.5 px-2 py-1.5 text-start pointer-coarse:py-2.5"
            >
              {isGroup ? (
                <Users aria-hidden className="size-5 shrink-0 text-muted" />
              ) : (
                <Avatar name={each.name} address={each.address} size="sm" />
              )}
              <span className="min-w-0">
                <span className="block truncate font-medium" dir="auto">
                  {title}
                </span>
                {!isGroup && each.name && (
                  <span className="block truncate text-sm text-faint">{each.address}</span>
                )}
              </span>
            </button>
            {each.kind === 'correspondent' && (
              <button
                type="button"
                tabIndex={-1}
                aria-label={t('forget', { name: each.name || each.address })}
                title={t('forget', { name: each.name || each.address })}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onForget(each.address)}
                className="me-1 rounded-full p-1.5 text-faint hover:bg-hover hover:text-ink pointer-coarse:p-3"
              >
                <X aria-hidden className="size-3.5" />
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}
