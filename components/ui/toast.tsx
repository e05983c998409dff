// Short messages at the foot of the page, read aloud politely; errors at once. One may carry an action ("Undo").
'use client';
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { joinClasses } from './class-names.ts';
import { IconButton } from './icon-button.tsx';

export type ToastInput = {
  text: string;
  kind?: 'ok' | 'error' | 'info';
  action?: { label: string; onClick: () => void };
  /** Default 5 s, 8 s with an action; errors stay 10 s. */
  durationMs?: number;
};
type Toast = ToastInput & { id: number };
type Toasts = { show: (toast: ToastInput) => number; dismiss: (id: number) => void };

const Context = createContext<Toasts | null>(null);
const shownAtMost = 4;
let lastId = 0;

/** `show` puts up a toast and returns its id; `dismiss` takes it away. */
export function useToast(): Toasts {
  const toasts = useContext(Context);
  if (!toasts) throw new Error('useToast outside of ToastProvider');
  return toasts;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const dismiss = useCallback((id: number) => {
    setToasts((all) => all.filter((toast) => toast.id !== id));
  }, []);
  const show = useCallback((toast: ToastInput) => {
    const id = ++lastId;
    setToasts((all) => [...all, { ...toast, id }].slice(-shownAtMost));
    return id;
  }, []);
  const value = useMemo(() => ({ show, dismiss }), [show, dismiss]);
  return (
    <Context value={value}>
      {children}
      <div
        aria-live="polite"
        className="pointer-events-none fixed inset-x-0 bottom-0 z-50 flex flex-col items-center gap-2 p-4 md:[body:has([data-composer])_&]:items-start pb-[max(1rem,env(safe-area-inset-bottom))]"
      >
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onDismiss={() => dismiss(toast.id)} />
        ))}
      </div>
    </Context>
  );
}

function ToastCard({ toast, onDismiss }: { toast: Toast; onDismiss: () => void }) {
  const t = useTranslations('ui.toast');
  const isError = toast.kind === 'error';
  const durationMs = toast.durationMs ?? (isError ? 10_000 : toast.action ? 8_000 : 5_000);
  const [isPaused, setIsPaused] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a re-render of the list must not restart the time
  useEffect(() => {
    if (isPaused) return;
    const timer = setTimeout(onDismiss, durationMs);
    return () => clearTimeout(timer);
  }, [durationMs, isPaused]);
  const Icon = isError ? CircleAlert : CircleCheck;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it has a role; hovering only stops the clock
    <div
      role={isError ? 'alert' : 'status'}
      onMouseEnter={() => setIsPaused(true)}
      onMouseLeave={() => setIsPaused(false)}
      className="pointer-events-auto flex max-w-[min(28rem,100%)] items-center gap-2 rounded-lg border bg-surface py-1.5 ps-3 pe-1.5 shadow-float"
    >
      {toast.kind !== 'info' && (
        <Icon
          aria-hidden
          className={joinClasses('size-4 shrink-0', isError ? 'text-danger-text' : 'text-ok-text')}
        />
      )}
      <span className="min-w-0 py-1 break-words">{toast.text}</span>
      {toast.action && (
        <button
          type="button"
          className="shrink-0 rounded-md px-2 py-1 font-medium text-accent-text hover:bg-hover"
          onClick={() => {
            toast.action?.onClick();
            onDismiss();
          }}
        >
          {toast.action.label}
        </button>
      )}
      <IconButton label={t('dismiss')} icon={<X />} size="sm" onClick={onDismiss} />
    </div>
  );
}
