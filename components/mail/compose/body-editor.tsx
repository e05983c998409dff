// The text of a message being written: formatted (rich-editor.tsx, loaded when it is wanted) or plain, and the sealed
// original above or below it.
'use client';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { type Ref, type RefObject, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import { escapeText, toRichText } from '#lib/mail/rich-text.ts';
import { type Signature, signatureElement, swapSignature } from '#lib/mail/signature.ts';
import { usePreferences } from '../state/preferences.tsx';
import { errorText, getJson } from '../state/request.ts';
import { FormatBar } from './format-bar.tsx';
import { LinkDialog } from './link-dialog.tsx';
import type { RichEditorHandle } from './rich-editor.tsx';
import { SealedQuote } from './sealed-quote.tsx';
import { uploadFile } from './upload-file.ts';
import type { ComposerModel } from './use-composer.ts';

const RichEditor = dynamic(() => import('./rich-editor.tsx').then((file) => file.RichEditor), {
  ssr: false,
});

export type BodyHandle = {
  /** True for what lies in the field of formatted text */
  isInside: (target: EventTarget) => boolean;
  insertImages: (files: File[]) => void;
  insertTemplate: (template: { text: string; html: string }) => void;
  swapSignature: (signature: { before: Signature; after: Signature }) => void;
};

const imageTypes = /^image\/(?:png|jpeg|gif|webp)$/;

export function BodyEditor({
  ref,
  composer,
  hasFocus,
}: {
  ref: Ref<BodyHandle>;
  composer: ComposerModel;
  /** The cursor begins here */
  hasFocus: boolean;
}) {
  const t = useTranslations('compose');
  const toast = useToast();
  const { preferences } = usePreferences();
  const { form, change } = composer;
  const editor = useRef<RichEditorHandle | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [hasLink, setHasLink] = useState(false);
  const isBelow = preferences['compose.cursor'] === 'below';

  const insertImages = async (files: File[]) => {
    for (const file of files) {
      if (!imageTypes.test(file.type)) continue;
      const refusal = composer.refuseFile(file);
      if (refusal) {
        toast.show({ kind: 'error', text: refusal });
        continue;
      }
      try {
        const upload = await uploadFile(file, () => {}).done;
        if (!upload) continue;
        const src = `/api/mail/upload?id=${upload.id}`;
        editor.current?.squire.insertImage(src, { alt: upload.fileName });
        composer.touch();
      } catch (error) {
        toast.show({ kind: 'error', text: errorText(error) });
      }
    }
  };
  const editQuote = async () => {
    const { quote } = form;
    if (!quote) return;
    try {
      const { html } = await getJson<{ html: string }>('/api/mail/quote', {
        id: quote.id,
        edit: 1,
      });
      const squire = editor.current;
      if (!squire) return;
      if (quote.place === 'above') squire.squire.moveCursorToStart();
      else squire.squire.moveCursorToEnd();
      squire.insertHtml(html);
      change({ quote: null, html: squire.getHtml() });
    } catch (error) {
      toast.show({ kind: 'error', text: errorText(error) });
    }
  };

  useImperativeHandle(ref, () => ({
    isInside: (target) => form.isHtml && (box.current?.contains(target as Node) ?? false),
    insertImages: (files) => void insertImages(files),
    insertTemplate: ({ text, html }) => {
      if (form.isHtml) {
        editor.current?.squire.focus();
        editor.current?.insertHtml(html || toRichText(text));
        composer.touch();
        return;
      }
      const { text: now } = form;
      const at = field.current?.selectionStart ?? 0;
      const end = field.current?.selectionEnd ?? at;
      change({ text: now.slice(0, at) + text + now.slice(end) });
    },
    swapSignature: ({ before, after }) => {
      if (!form.isHtml) return change({ text: swapSignature(form.text, before, after, isBelow) });
      const element = signatureElement(after);
      const isFound = editor.current?.swapElement('.drey-signature', element || '<div><br></div>');
      if (!isFound && element !== '') {
        editor.current?.squire.moveCursorToEnd();
        editor.current?.insertHtml(`<div><br></div>${element}`);
      }
      composer.touch();
    },
  }));

  usePlainFocus(field, hasFocus && !form.isHtml, isBelow && form.origin?.kind === 'reply');
  const quote = form.quote && (
    <SealedQuote
      quote={form.quote}
      onEdit={() => void editQuote()}
      onRemove={() => change({ quote: null })}
    />
  );
  if (!form.isHtml) {
    return (
      <textarea
        ref={field}
        value={form.text}
        aria-label={t('field.text')}
        dir="auto"
        lang={composer.language}
        spellCheck={composer.isSpellChecked}
        onChange={(event) => change({ text: event.target.value })}
        className="min-h-24 flex-1 resize-none bg-transparent px-4 py-3 text-[0.9375rem] leading-6 outline-none pointer-coarse:text-lg"
      />
    );
  }
  return (
    <>
      <FormatBar
        editor={editor}
        onImages={(files) => void insertImages(files)}
        onLink={() => setHasLink(true)}
        onChange={composer.touch}
      />
      <div ref={box} className="flex min-h-24 flex-1 flex-col overflow-y-auto overscroll-contain">
        {form.quote?.place === 'above' && quote}
        <RichEditor
          key={composer.editorKey}
          ref={editor}
          html={form.html}
          label={t('field.text')}
          lang={composer.language}
          isSpellChecked={composer.isSpellChecked}
          hasFocus={hasFocus}
          onReady={(handle) => {
            composer.body.current = handle;
            composer.setBaseline(handle.getHtml());
          }}
          onChange={composer.touch}
          onImages={(files) => void insertImages(files)}
          onLink={() => setHasLink(true)}
        />
        {form.quote?.place === 'below' && quote}
      </div>
      {hasLink && (
        <LinkDialog
          editor={editor}
          onClose={() => setHasLink(false)}
          onApply={(url, text) => {
            const squire = editor.current?.squire;
            if (!squire) return;
            squire.focus();
            if (squire.getSelection().collapsed) {
              editor.current?.insertHtml(
                `<a href="${escapeText(url)}">${escapeText(text || url)}</a>`,
              );
            } else squire.makeLink(url);
            composer.touch();
          }}
          onRemove={() => {
            editor.current?.squire.removeLink();
            composer.touch();
          }}
        />
      )}
    </>
  );
}

/** The cursor stands above the quote, or below it by choice. */
function usePlainFocus(
  field: RefObject<HTMLTextAreaElement | null>,
  isWanted: boolean,
  isAtEnd: boolean,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the window opens
  useEffect(() => {
    const area = field.current;
    if (!isWanted || !area) return;
    area.focus();
    const signature = area.value.lastIndexOf('\n\n-- \n');
    const at = !isAtEnd ? 0 : signature < 0 ? area.value.length : signature;
    area.setSelectionRange(at, at);
    area.scrollTop = isAtEnd ? area.scrollHeight : 0;
  }, []);
}
