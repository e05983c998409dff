// The address of a link, and the words that show it.
'use client';
import { useTranslations } from 'next-intl';
import { type RefObject, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { completeLink } from './link.ts';
import type { RichEditorHandle } from './rich-editor.tsx';

export function LinkDialog({
  editor,
  onClose,
  onApply,
  onRemove,
}: {
  editor: RefObject<RichEditorHandle | null>;
  onClose: () => void;
  onApply: (url: string, text: string) => void;
  onRemove: () => void;
}) {
  const t = useTranslations('compose.link');
  const [{ isLink, chosen, start }] = useState(() => readSelection(editor.current));
  const [url, setUrl] = useState(start);
  const [text, setText] = useState('');
  const [error, setError] = useState('');
  const apply = () => {
    const complete = completeLink(url);
    if (!complete) return setError(t('invalid'));
    onClose();
    // The closing dialog gives the focus back first.
    setTimeout(() => onApply(complete, text.trim()));
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('title')}
      size="sm"
      footer={
        <>
          {isLink && (
            <Button
              onClick={() => {
                onClose();
                onRemove();
              }}
            >
              {t('remove')}
            </Button>
          )}
          <Button variant="primary" onClick={apply}>
            {t('apply')}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <Field label={t('address')} error={error}>
          <Input
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        {chosen === '' && (
          <Field label={t('text')}>
            <Input value={text} onChange={(event) => setText(event.target.value)} dir="auto" />
          </Field>
        )}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

function readSelection(editor: RichEditorHandle | null) {
  if (!editor) return { isLink: false, chosen: '', start: '' };
  const { squire } = editor;
  const range = squire.getSelection();
  const node = range.startContainer;
  const element = node instanceof Element ? node : node.parentElement;
  const link = element?.closest('a') ?? null;
  const chosen = range.toString().trim();
  const start = link?.getAttribute('href') ?? (completeLink(chosen) ? chosen : '');
  return { isLink: squire.hasFormat('A'), chosen, start };
}
