// One message being written. Kept as a draft on the server five seconds after the last change and when it is
// closed; Esc closes and keeps it, Discard is a choice of its own.
'use client';
import { Maximize2, Minimize2, Minus, Paperclip, SendHorizontal, Trash2, X } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import type { Owner } from '../owner.ts';
import type { ComposerStart } from './compose-start.ts';
import { ComposerFiles } from './composer-files.tsx';
import { RecipientField } from './recipient-field.tsx';
import { useComposer } from './use-composer.ts';

type Props = {
  start: ComposerStart | null;
  owner: Owner;
  onClose: () => void;
  onDone: () => void;
};
type Size = 'normal' | 'small' | 'full';

export function Composer(props: Props) {
  const [size, setSize] = useState<Size>('normal');
  const box = joinClasses(
    'pointer-events-auto flex min-w-0 flex-col overflow-hidden border bg-surface text-ink shadow-float',
    'max-md:absolute max-md:inset-0 max-md:border-0 md:rounded-t-lg md:border-b-0',
    size === 'full'
      ? 'md:fixed md:inset-8 md:rounded-lg md:border-b'
      : size === 'small'
        ? 'md:w-72'
        : 'md:h-[min(36rem,calc(100dvh-4rem))] md:w-136',
  );
  if (!props.start) {
    return (
      <section className={joinClasses(box, 'items-center justify-center')}>
        <Spinner label="Loading…" />
      </section>
    );
  }
  return <OpenComposer {...props} start={props.start} size={size} setSize={setSize} box={box} />;
}

function OpenComposer({
  start,
  owner,
  onClose,
  onDone,
  size,
  setSize,
  box,
}: Props & { start: ComposerStart; size: Size; setSize: (size: Size) => void; box: string }) {
  const composer = useComposer({ start, onClose, onDone });
  const { form, change } = composer;
  const [hasCopies, setHasCopies] = useState(form.cc.length > 0 || form.bcc.length > 0);
  const [isDiscarding, setIsDiscarding] = useState(false);
  const [isOver, setIsOver] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!start.isAnswer || !text.current) return;
    // The cursor stands above the quote.
    text.current.focus();
    text.current.setSelectionRange(0, 0);
    text.current.scrollTop = 0;
  }, [start.isAnswer]);

  const title = form.subject.trim() || 'New message';
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void composer.send();
    } else if (event.key === 'Escape' && !event.defaultPrevented) {
      event.stopPropagation();
      void composer.close();
    }
  };
  const onDrop = (event: DragEvent) => {
    setIsOver(false);
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    composer.attach([...event.dataTransfer.files]);
  };

  return (
    <section
      data-composer
      aria-label={title}
      className={box}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false);
      }}
      onDrop={onDrop}
    >
      <header className="flex h-11 shrink-0 items-center gap-0.5 border-b bg-canvas pr-1.5 pl-4 max-md:h-13 max-md:pt-[env(safe-area-inset-top)]">
        <button
          type="button"
          onClick={() => setSize(size === 'small' ? 'normal' : 'small')}
          className="min-w-0 flex-1 truncate text-left font-semibold -outline-offset-2"
        >
          {title}
        </button>
        <SaveState composer={composer} />
        <IconButton
          label={size === 'small' ? 'Enlarge' : 'Minimise'}
          icon={<Minus />}
          size="sm"
          className="max-md:hidden"
          onClick={() => setSize(size === 'small' ? 'normal' : 'small')}
        />
        <IconButton
          label={size === 'full' ? 'Dock' : 'Full screen'}
          icon={size === 'full' ? <Minimize2 /> : <Maximize2 />}
          size="sm"
          className="max-md:hidden"
          onClick={() => setSize(size === 'full' ? 'normal' : 'full')}
        />
        <IconButton
          label="Close, keep the draft"
          shortcut="Esc"
          icon={<X />}
          size="sm"
          onClick={() => void composer.close()}
        />
      </header>
      {size !== 'small' && (
        <>
          <div className="shrink-0 px-4">
            {owner.addresses.length > 1 && (
              <label className="flex items-center gap-3 border-b py-1.5">
                <span className="w-12 shrink-0 text-sm text-faint">From</span>
                <select
                  value={form.from}
                  onChange={(event) => change({ from: event.target.value })}
                  className="min-w-0 flex-1 bg-transparent py-1 outline-none"
                >
                  {owner.addresses.map((address) => (
                    <option key={address} value={address} className="bg-surface">
                      {owner.name ? `${owner.name} <${address}>` : address}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <RecipientField
              label="To"
              people={form.to}
              onChange={(to) => change({ to })}
              hasFocus={!start.isAnswer && start.draftUid === null}
              isWrong={composer.wrongField === 'to'}
              end={
                !hasCopies && (
                  <button
                    type="button"
                    onClick={() => setHasCopies(true)}
                    className="rounded-sm px-1 text-sm text-muted hover:text-ink"
                  >
                    Cc Bcc
                  </button>
                )
              }
            />
            {hasCopies && (
              <>
                <RecipientField label="Cc" people={form.cc} onChange={(cc) => change({ cc })} />
                <RecipientField label="Bcc" people={form.bcc} onChange={(bcc) => change({ bcc })} />
              </>
            )}
            <label className="flex items-center gap-3 border-b">
              <span className="w-12 shrink-0 text-sm text-faint">Subject</span>
              <input
                value={form.subject}
                maxLength={1000}
                autoComplete="off"
                dir="auto"
                onChange={(event) => change({ subject: event.target.value })}
                className="h-9 min-w-0 flex-1 bg-transparent outline-none pointer-coarse:h-11 pointer-coarse:text-lg"
              />
            </label>
          </div>
          <textarea
            ref={text}
            value={form.text}
            aria-label="Text"
            dir="auto"
            spellCheck
            onChange={(event) => change({ text: event.target.value })}
            className="min-h-24 flex-1 resize-none bg-transparent px-4 py-3 text-[0.9375rem] leading-6 outline-none pointer-coarse:text-lg"
          />
          <ComposerFiles composer={composer} />
          {composer.error && (
            <p
              role="alert"
              className="mx-4 mb-2 rounded-md bg-danger-soft px-3 py-2 text-danger-text"
            >
              {composer.error}
            </p>
          )}
          <footer className="flex shrink-0 items-center gap-1 border-t px-3 py-2.5 pb-[max(0.625rem,env(safe-area-inset-bottom))]">
            <Button
              variant="primary"
              isPending={composer.isSending}
              title="Send (Ctrl+Enter)"
              onClick={() => void composer.send()}
            >
              <SendHorizontal aria-hidden className="size-4" />
              Send
            </Button>
            <IconButton
              label="Attach files"
              icon={<Paperclip />}
              className="ml-1"
              onClick={() => files.current?.click()}
            />
            <input
              ref={files}
              type="file"
              multiple
              hidden
              aria-label="Attach files"
              onChange={(event) => {
                composer.attach([...(event.target.files ?? [])]);
                event.target.value = '';
              }}
            />
            <IconButton
              label="Discard"
              icon={<Trash2 />}
              className="ml-auto"
              onClick={() =>
                composer.hasContent ? setIsDiscarding(true) : void composer.discard()
              }
            />
          </footer>
          {isOver && (
            <p className="pointer-events-none absolute inset-2 flex items-center justify-center rounded-lg border-2 border-dashed border-accent bg-accent-soft text-lg font-medium text-accent-text">
              Drop files to attach them
            </p>
          )}
        </>
      )}
      <ConfirmDialog
        isOpen={isDiscarding}
        onClose={() => setIsDiscarding(false)}
        title="Discard this message?"
        confirmLabel="Discard"
        onConfirm={composer.discard}
      >
        The text, its files and the saved draft are deleted.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={composer.question !== null}
        onClose={() => composer.ask(null)}
        title={composer.question?.title ?? ''}
        confirmLabel="Send anyway"
        isDanger={false}
        onConfirm={() => void composer.send(true)}
      >
        {composer.question?.text ?? ''}
      </ConfirmDialog>
    </section>
  );
}

function SaveState({ composer }: { composer: ReturnType<typeof useComposer> }) {
  const { saveState, savedAt } = composer;
  const text =
    saveState === 'saving'
      ? 'Saving…'
      : saveState === 'failed'
        ? 'Not saved'
        : savedAt
          ? `Saved ${savedAt.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`
          : '';
  return (
    <span
      role="status"
      className={joinClasses(
        'mr-1 shrink-0 text-xs tabular-nums',
        saveState === 'failed' ? 'text-danger-text' : 'text-faint',
      )}
    >
      {text}
    </span>
  );
}
