// A message that belongs to a page or a form: an error, a warning, a hint.
import type { ReactNode } from 'react';
import { joinClasses } from './class-names.ts';

const tones = {
  danger: 'bg-danger-soft text-danger-text',
  warn: 'bg-warn-soft text-warn-text',
  info: 'bg-info-soft text-info-text',
  ok: 'bg-ok-soft text-ok-text',
};

export function Banner({
  tone = 'info',
  className,
  children,
}: {
  tone?: keyof typeof tones;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div
      role={tone === 'danger' ? 'alert' : undefined}
      className={joinClasses('rounded-md px-3 py-2 text-base', tones[tone], className)}
    >
      {children}
    </div>
  );
}
