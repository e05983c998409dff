// The original below or above what is written, as it will be sent. It is somebody else's HTML and therefore stands in a
// frame of its own that can do nothing; only on request does it become text of the editor.
'use client';
import { ChevronDown, ChevronRight, Pencil, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { Quote } from '#lib/webmail/compose/form.ts';

export function SealedQuote({
  quote,
  onEdit,
  onRemove,
}: {
  quote: Quote;
  onEdit: () => void;
  onRemove: () => void;
}) {
  const t = useTranslations('compose.quote');
  const [isOpen, setIsOpen] = useState(quote.place === 'above');
  return (
    <div className="mx-4 mb-3 shrink-0 rounded-md border bg-canvas">
      <div className="flex items-center gap-1 px-1 py-0.5">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
          className="flex min-w-0 flex-1 items-center gap-1.5 rounded-md px-2 py-1 text-start text-sm text-muted hover:text-ink pointer-coarse:py-3"
        >
          {isOpen ? (
            <ChevronDown aria-hidden className="size-4" />
          ) : (
            <ChevronRight aria-hidden className="size-4 rtl:-scale-x-100" />
          )}
          {t(isOpen ? 'hide' : 'show')}
        </button>
        <IconButton label={t('edit')} icon={<Pencil />} size="sm" onClick={onEdit} />
        <IconButton label={t('remove')} icon={<X />} size="sm" onClick={onRemove} />
      </div>
      {isOpen && (
        <iframe
          title={t('label')}
          src={`/api/mail/quote?id=${encodeURIComponent(quote.id)}`}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          referrerPolicy="no-referrer"
          className="h-72 w-full resize-y border-t bg-white"
        />
      )}
    </div>
  );
}
