// The state of one message being written: form, files, saving, and how it ends: sent, closed or discarded.
'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { formatBytes } from '#components/ui/format.ts';
import { useToast } from '#components/ui/toast.tsx';
import type { ComposeForm } from '#lib/webmail/compose/form.ts';
import type { Sent } from '#lib/webmail/compose/send.ts';
import type { Upload } from '#lib/webmail/compose/uploads.ts';
import type { Owner } from '../owner.ts';
import { usePreferences } from '../state/preferences.tsx';
import { deleteAt, errorText, postJson, RequestError } from '../state/request.ts';
import { type Doubt, findDoubts, findProblem, hasContent } from './checks.ts';
import type { ComposerStart } from './compose-start.ts';
import type { OnDone, SentMessage } from './composer-props.ts';
import type { ComposeSetup } from './setup.ts';
import { useFiles } from './use-files.ts';
import { useSaving } from './use-saving.ts';
import { dropSuggestions } from './use-suggestions.ts';

/** How a message shall leave. */
export type SendWish = {
  /** Null = at once */
  sendAt: Date | null;
  /** The conversation that it answers is archived with it */
  archives: boolean;
};
const atOnce: SendWish = { sendAt: null, archives: false };

/** What the editor of formatted text holds now; null while plain text is written. */
export type BodySource = { getHtml: () => string };
export type ComposerModel = ReturnType<typeof useComposer>;

export function useComposer({
  id,
  start,
  owner,
  setup,
  onClose,
  onDone,
  onSent,
}: {
  /** Name of its copy in this browser */
  id: string;
  start: ComposerStart;
  owner: Owner;
  setup: ComposeSetup;
  onClose: () => void;
  onDone: OnDone;
  onSent: (sent: SentMessage) => void;
}) {
  const t = useTranslations('compose');
  const toast = useToast();
  const language = useLocale();
  const { preferences } = usePreferences();
  const [form, setForm] = useState<ComposeForm>(start.form);
  const [error, setError] = useState('');
  const [wrongField, setWrongField] = useState<string | null>(null);
  const [isSending, setIsSending] = useState(false);
  const [isClosing, setIsClosing] = useState(false);
  const [doubt, setDoubt] = useState<{ kind: Doubt; wish: SendWish } | null>(null);
  const isUnderWay = useRef(false);
  const body = useRef<BodySource | null>(null);
  const latest = useRef(form);
  latest.current = form;

  /** The form with what stands in the editor at this moment. */
  const formNow = useCallback((): ComposeForm => {
    const now = latest.current;
    return now.isHtml && body.current ? { ...now, html: body.current.getHtml() } : now;
  }, []);
  const filesRef = useRef<{ arrived: () => Upload[] }>({ arrived: () => start.attachments });
  // The editor writes the same words in markup of its own: what it makes of the start is where changes begin.
  const baseline = useRef(start.isUnsaved ? emptied(start.form) : start.form);
  const hasContentNow = useCallback(
    () => hasContent(formNow(), baseline.current, filesRef.current.arrived().length),
    [formNow],
  );
  const setBaseline = useCallback(
    (html: string) => {
      if (!start.isUnsaved) baseline.current = { ...baseline.current, html };
    },
    [start.isUnsaved],
  );
  const saving = useSaving({
    id,
    user: owner.address,
    draftUid: start.draftUid,
    snapshot: () => ({ form: formNow(), attachments: filesRef.current.arrived() }),
    isWorthSaving: hasContentNow,
  });
  const { touch: markDirty } = saving;
  const touch = useCallback(() => {
    markDirty();
    setError('');
    setWrongField(null);
  }, [markDirty]);
  useEffect(() => {
    if (start.isUnsaved) markDirty();
  }, [start.isUnsaved, markDirty]);
  const files = useFiles(start.attachments, touch);
  filesRef.current = files;

  const { attach: attachFiles } = files;
  const { maxFileBytes } = setup;
  /** Why a file cannot be attached, or null. */
  const refuseFile = useCallback(
    (file: File) =>
      maxFileBytes > 0 && file.size > maxFileBytes
        ? t('files.tooBig', { name: file.name, size: formatBytes(maxFileBytes, language) })
        : null,
    [maxFileBytes, t, language],
  );
  const attach = useCallback(
    (chosen: File[]) => attachFiles(chosen, refuseFile),
    [attachFiles, refuseFile],
  );
  const [spelling, setSpelling] = useState<string>(preferences['compose.spelling']);
  const [editorKey, setEditorKey] = useState(0);
  const [hasReplyTo, setHasReplyTo] = useState(start.form.replyTo.length > 0);

  const change = useCallback(
    (next: Partial<ComposeForm>) => {
      setForm((now) => ({ ...now, ...next }));
      touch();
    },
    [touch],
  );

  /** Goes on in the other format; `body` is the text as it is written there. */
  const convert = useCallback(
    (isHtml: boolean, text: string) => {
      body.current = null;
      setEditorKey((key) => key + 1);
      change(isHtml ? { isHtml, html: text } : { isHtml, text, quote: null });
    },
    [change],
  );

  const say = (problem: NonNullable<ReturnType<typeof findProblem>>) =>
    problem.kind === 'badAddress'
      ? t('problem.badAddress', { address: problem.address })
      : t(`problem.${problem.kind}`);

  /** `known` are doubts the user has put aside. */
  const send = async (wished: Partial<SendWish> = {}, known: Doubt[] = []) => {
    const wish = { ...atOnce, ...wished };
    const now = formNow();
    setDoubt(null);
    const hasBadFile = files.files.some((file) => file.error);
    const problem = findProblem(now, hasBadFile);
    if (problem) {
      setError(say(problem));
      setWrongField(problem.kind === 'badFile' ? 'files' : 'to');
      return;
    }
    const open = findDoubts(now, files.files.length, {
      remindsOfFiles: preferences['compose.attachmentReminder'],
      manyRecipients: preferences['compose.manyRecipients'],
      languages: [language, preferences['compose.spelling']],
    }).find((each) => !known.includes(each));
    if (open) {
      asked.current = [...known, open];
      setDoubt({ kind: open, wish });
      return;
    }
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setIsSending(true);
    setError('');
    try {
      // Who presses Send need not watch the files arrive.
      const uploads = await files.awaitAll();
      const message = {
        ...formNow(),
        attachments: uploads.map((each) => each.id),
        draftId: id,
      };
      const sent = await saving.finish((draftUid) =>
        postJson<Sent>('/api/mail/send', { message, draftUid, sendAt: wish.sendAt?.toISOString() }),
      );
      dropSuggestions();
      onSent({ ...sent, isLater: wish.sendAt !== null });
      onClose();
      onDone(true, wish.archives ? latest.current.origin : null);
    } catch (reason) {
      setError(errorText(reason));
      setWrongField(reason instanceof RequestError ? reason.field : null);
    } finally {
      isUnderWay.current = false;
      setIsSending(false);
    }
  };
  const asked = useRef<Doubt[]>([]);
  const sendAnyway = () => void send(doubt?.wish, asked.current);

  /** Saves what is new and closes; false where it could not be saved. Nothing can be written meanwhile. */
  const close = async (): Promise<boolean> => {
    if (isClosing) return false;
    setIsClosing(true);
    try {
      if (hasContentNow() && saving.hasUnsaved()) {
        if (!(await saving.save())) {
          setError(t('save.draftFailed'));
          return false;
        }
        toast.show({ text: t('save.draftSaved') });
      }
      await saving.finish(async () => {});
      onClose();
      onDone(false);
      return true;
    } finally {
      setIsClosing(false);
    }
  };

  const discard = async () => {
    try {
      await saving.finish(async (draftUid) => {
        if (draftUid) await deleteAt(`/api/mail/draft?uid=${draftUid}`);
      });
    } catch (reason) {
      return errorText(reason);
    }
    for (const file of files.files) {
      file.cancel();
      if (file.upload) deleteAt(`/api/mail/upload?id=${file.upload.id}`).catch(() => {});
    }
    onClose();
    onDone(false);
    return undefined;
  };

  return {
    ...{ form, change, formNow, touch, body, files, saving, error, setError, wrongField },
    ...{ convert, editorKey },
    ...{ attach, refuseFile, spelling, setSpelling, hasReplyTo, setHasReplyTo },
    /** For the lang attribute, by which browsers choose a dictionary */
    language: spelling === 'auto' || spelling === 'off' ? undefined : spelling,
    isSpellChecked: spelling !== 'off',
    ...{ isSending, isClosing, doubt, setDoubt, send, sendAnyway, close, discard },
    hasContent: hasContentNow,
    setBaseline,
  };
}

function emptied(form: ComposeForm): ComposeForm {
  return { ...form, html: '', text: '', subject: '', to: [], cc: [], bcc: [] };
}
