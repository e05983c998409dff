// The inside of a composer: head, fields, text, files, what can be done. Keys: Ctrl+Enter sends, with Shift it
// archives what was answered too, Ctrl+Shift+C and B open the fields of copies, Esc closes.
'use client';
import { useTranslations } from 'next-intl';
import { type DragEvent, type KeyboardEvent, useRef, useState } from 'react';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { BodyEditor, type BodyHandle } from './body-editor.tsx';
import type { ComposerStart } from './compose-start.ts';
import { ComposerFields } from './composer-fields.tsx';
import { ComposerFiles } from './composer-files.tsx';
import { ComposerFooter } from './composer-footer.tsx';
import { ComposerHead } from './composer-head.tsx';
import type { ComposerProps, ComposerSize } from './composer-props.ts';
import type { ComposeSetup } from './setup.ts';
import { useComposer } from './use-composer.ts';

type Props = ComposerProps & {
  start: ComposerStart;
  setup: ComposeSetup;
  setSetup: (setup: ComposeSetup) => void;
  size: ComposerSize;
  setSize: (size: ComposerSize) => void;
  isPage: boolean;
  box: string;
};

export function ComposerForm(props: Props) {
  const { id, start, owner, setup, size, setSize, isPage, box, onClose, onDone, onSent } = props;
  const t = useTranslations('compose');
  const composer = useComposer({ id, start, owner, setup, onClose, onDone, onSent });
  const { form } = composer;
  const [hasCopies, setHasCopies] = useState(form.cc.length > 0 || form.bcc.length > 0);
  const [isDiscarding, setIsDiscarding] = useState(false);
  const [isOver, setIsOver] = useState(false);
  const body = useRef<BodyHandle | null>(null);
  const title = form.subject.trim() || t('window.new');

  const onKeyDown = (event: KeyboardEvent) => {
    if (isInLayer(event.target)) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (event.key === 'Enter' && isCommand) {
      event.preventDefault();
      void composer.send({ archives: event.shiftKey });
    } else if (isCommand && event.shiftKey && (key === 'c' || key === 'b')) {
      event.preventDefault();
      setHasCopies(true);
      const label = t(key === 'c' ? 'field.cc' : 'field.bcc');
      const section = event.currentTarget;
      requestAnimationFrame(() => focusField(section, label));
    } else if (event.key === 'Escape' && !event.defaultPrevented) {
      event.stopPropagation();
      if (!isPage) void composer.close();
    }
  };
  const onDrop = (event: DragEvent) => {
    setIsOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const isIntoText = body.current?.isInside(event.target) ?? false;
    const images = isIntoText ? files.filter((file) => /^image\//.test(file.type)) : [];
    if (images.length > 0) body.current?.insertImages(images);
    composer.attach(files.filter((file) => !images.includes(file)));
  };
  return (
    <section
      data-composer
      aria-label={title}
      // It comes back where it could not be saved.
      hidden={composer.isClosing && !isPage}
      inert={composer.isClosing}
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
      // Before the editor, which would take files for text.
      onDropCapture={onDrop}
    >
      <ComposerHead
        composer={composer}
        title={title}
        size={size}
        setSize={setSize}
        isPage={isPage}
      />
      {(size !== 'small' || isPage) && (
        <>
          <ComposerFields
            composer={composer}
            owner={owner}
            setup={setup}
            hasCopies={hasCopies}
            setHasCopies={setHasCopies}
            hasFocus={start.form.origin?.kind !== 'reply' && start.form.to.length === 0}
            onIdentity={(signature) => body.current?.swapSignature(signature)}
          />
          <BodyEditor
            ref={body}
            composer={composer}
            hasFocus={start.form.origin?.kind === 'reply' || start.form.to.length > 0}
          />
          <ComposerFiles composer={composer} maxFileBytes={setup.maxFileBytes} />
          {composer.error && (
            <p
              role="alert"
              className="mx-4 mb-2 rounded-md bg-danger-soft px-3 py-2 text-danger-text"
            >
              {composer.error}
              {composer.saving.isSignedOut && (
                <>
                  {' '}
                  <a href="/login" target="_blank" rel="noopener" className="underline">
                    {t('save.signIn')}
                  </a>
                </>
              )}
            </p>
          )}
          <ComposerFooter
            composer={composer}
            setup={setup}
            setSetup={props.setSetup}
            body={body}
            onScheduled={props.onScheduled}
            onDiscard={() =>
              composer.hasContent() || composer.saving.draftUid.current !== null
                ? setIsDiscarding(true)
                : void composer.discard()
            }
          />
          {isOver && (
            <p className="pointer-events-none absolute inset-2 flex items-center justify-center rounded-lg border-2 border-dashed border-accent bg-accent-soft text-lg font-medium text-accent-text opacity-90">
              {t('window.drop')}
            </p>
          )}
        </>
      )}
      <ConfirmDialog
        isOpen={isDiscarding}
        onClose={() => setIsDiscarding(false)}
        title={t('discard.title')}
        confirmLabel={t('discard.action')}
        onConfirm={composer.discard}
      >
        {t('discard.text')}
      </ConfirmDialog>
      <DoubtDialog composer={composer} />
    </section>
  );
}

function DoubtDialog({ composer }: { composer: ReturnType<typeof useComposer> }) {
  const t = useTranslations('compose.doubt');
  const { doubt, form } = composer;
  const kind = doubt?.kind ?? 'noFile';
  const count = form.to.length + form.cc.length;
  return (
    <ConfirmDialog
      isOpen={doubt !== null}
      onClose={() => composer.setDoubt(null)}
      title={t(`${kind}Title`)}
      confirmLabel={t('anyway')}
      isDanger={false}
      // After the dialog has closed: the next doubt opens it again.
      onConfirm={() => void setTimeout(composer.sendAnyway)}
    >
      {t(kind, { count })}
    </ConfirmDialog>
  );
}

/** A menu or dialog of the composer has its keys for itself. */
function isInLayer(target: EventTarget): boolean {
  return target instanceof Element && target.closest('dialog[open], [popover]') !== null;
}

function focusField(section: Element, label: string): void {
  for (const each of section.querySelectorAll('label')) {
    if (each.textContent === label) document.getElementById(each.htmlFor)?.focus();
  }
}
