// A modal dialog on the native element: focus stays inside, Escape closes, focus returns.
'use client';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useId } from 'react';
import { joinClasses } from './class-names.ts';
import { IconButton } from './icon-button.tsx';
import { useModal } from './use-modal.ts';

export function Dialog({
  isOpen,
  onClose,
  title,
  footer,
  size = 'md',
  children,
}: {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  footer?: ReactNode;
  size?: 'sm' | 'md' | 'lg';
  children: ReactNode;
}) {
  const t = useTranslations('ui.dialog');
  const titleId = useId();
  const width = { sm: 'max-w-sm', md: 'max-w-lg', lg: 'max-w-2xl' }[size];
  return (
    <dialog
      {...useModal(isOpen, onClose)}
      aria-labelledby={titleId}
      className={joinClasses(
        'm-auto max-h-[85dvh] w-[calc(100vw-2rem)] overflow-hidden rounded-lg border bg-surface p-0 text-ink shadow-float open:flex open:flex-col',
        width,
      )}
    >
      {isOpen && (
        <>
          <div className="flex items-start justify-between gap-4 px-5 pt-4">
            <h2 id={titleId} className="text-lg font-semibold">
              {title}
            </h2>
            <IconButton
              label={t('close')}
              icon={<X />}
              size="sm"
              onClick={onClose}
              className="-me-2"
            />
          </div>
          <div className="overflow-y-auto px-5 pt-2 pb-5">{children}</div>
          {footer && (
            <div data-dialog-footer className="flex justify-end gap-2 border-t bg-canvas px-5 py-3">
              {footer}
            </div>
          )}
        </>
      )}
    </dialog>
  );
}
