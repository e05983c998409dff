// The state of one message being written: form, files with their uploads, draft, sending.
'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { SavedDraft } from '#lib/webmail/compose/drafts.ts';
import type { ComposeForm } from '#lib/webmail/compose/prefill.ts';
import type { Sent } from '#lib/webmail/compose/send.ts';
import type { Upload } from '#lib/webmail/compose/uploads.ts';
import { looksLikeAddress } from '../people.ts';
import { deleteAt, errorText, postJson, RequestError } from '../state/request.ts';
import type { ComposerStart } from './compose-start.ts';
import { uploadFile } from './upload-file.ts';

export type ComposerFile = {
  key: number;
  fileName: string;
  sizeBytes: number;
  share: number;
  upload: Upload | null;
  error: string | null;
  /** Its upload once it is there, null where it was cancelled; rejects where it failed. */
  arrival: Promise<Upload | null>;
  cancel: () => void;
};
type SaveState = 'clean' | 'dirty' | 'saving' | 'failed';
type Question = { title: string; text: string };

const saveAfterMs = 5000;
const manyRecipients = 20;
let lastKey = 0;

export function useComposer({
  start,
  onClose,
  onDone,
}: {
  start: ComposerStart;
  onClose: () => void;
  onDone: () => void;
}) {
  const toast = useToast();
  const [form, setForm] = useState<ComposeForm>(() => toForm(start));
  const [files, setFiles] = useState<ComposerFile[]>(() => start.attachments.map(toFile));
  const [saveState, setSaveState] = useState<SaveState>('clean');
  const [savedAt, setSavedAt] = useState<Date | null>(null);
  const [error, setError] = useState('');
  const [wrongField, setWrongField] = useState<string | null>(null);
  const [isSending, setIsSending] = useState(false);
  const [question, ask] = useState<Question | null>(null);
  const draftUid = useRef(start.draftUid);
  const version = useRef(0);
  const savedVersion = useRef(0);
  // Saving, sending and discarding follow one another: a draft that is being stored must not outlive them.
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const isOver = useRef(false);
  const isUnderWay = useRef(false);
  const latest = useRef({ form, files });
  latest.current = { form, files };

  const touch = useCallback(() => {
    version.current++;
    setSaveState('dirty');
    setError('');
    setWrongField(null);
  }, []);
  const change = useCallback(
    (next: Partial<ComposeForm>) => {
      setForm((now) => ({ ...now, ...next }));
      touch();
    },
    [touch],
  );

  const toMessage = useCallback(() => {
    const { form: now, files: attached } = latest.current;
    return { ...now, attachments: toIds(attached.map((file) => file.upload)) };
  }, []);
  const hasContent =
    form.text.trim() !== '' || form.subject.trim() !== '' || files.length > 0 || form.to.length > 0;

  const save = useCallback((): Promise<boolean> => {
    const step = queue.current.then(async () => {
      if (isOver.current || savedVersion.current === version.current) return true;
      const saving = version.current;
      setSaveState('saving');
      try {
        const body = { message: toMessage(), draftUid: draftUid.current };
        const { uid } = await postJson<SavedDraft>('/api/mail/draft', body);
        draftUid.current = uid;
        savedVersion.current = saving;
        setSavedAt(new Date());
        setSaveState(version.current === saving ? 'clean' : 'dirty');
        return true;
      } catch {
        setSaveState('failed');
        return false;
      }
    });
    queue.current = step;
    return step;
  }, [toMessage]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change begins the pause anew
  useEffect(() => {
    if (saveState !== 'dirty' && saveState !== 'failed') return;
    if (!hasContent || files.some((file) => !file.upload && !file.error)) return;
    const timer = setTimeout(() => void save(), saveAfterMs);
    return () => clearTimeout(timer);
  }, [form, files, saveState, hasContent, save]);

  useEffect(() => {
    if (saveState === 'clean' || !hasContent) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [saveState, hasContent]);

  const patchFile = useCallback((key: number, patch: Partial<ComposerFile>) => {
    setFiles((all) => all.map((file) => (file.key === key ? { ...file, ...patch } : file)));
  }, []);
  const attach = useCallback(
    (chosen: File[]) => {
      for (const file of chosen.slice(0, 50)) {
        const key = ++lastKey;
        const { done, cancel } = uploadFile(file, (share) => patchFile(key, { share }));
        const entry = { key, fileName: file.name, sizeBytes: file.size, share: 0, upload: null };
        setFiles((all) => [...all, { ...entry, error: null, arrival: done, cancel }]);
        done
          .then((upload) => {
            if (!upload) return;
            patchFile(key, { upload, share: 1, fileName: upload.fileName });
            touch();
          })
          .catch((reason: unknown) => patchFile(key, { error: errorText(reason) }));
      }
    },
    [patchFile, touch],
  );
  const detach = useCallback(
    (key: number) => {
      const file = latest.current.files.find((each) => each.key === key);
      file?.cancel();
      // The file itself stays until its day is over: a version of the draft being saved may still name it.
      setFiles((all) => all.filter((each) => each.key !== key));
      touch();
    },
    [touch],
  );

  /** The uploads of the files the message has when all of them have arrived. */
  const awaitUploads = async () => {
    for (;;) {
      const keys = latest.current.files.map((file) => file.key);
      const uploads = await Promise.all(latest.current.files.map((file) => file.arrival));
      if (latest.current.files.every((file, i) => file.key === keys[i])) {
        return uploads.slice(0, latest.current.files.length);
      }
    }
  };

  const send = async (isSure = false) => {
    const { form: now, files: attached } = latest.current;
    ask(null);
    const problem = findProblem(now, attached);
    if (problem) {
      setError(problem.text);
      setWrongField(problem.field);
      return;
    }
    const doubt = isSure ? null : findDoubt(now, attached);
    if (doubt) return ask(doubt);
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setIsSending(true);
    setError('');
    try {
      // Who presses Send need not watch the files arrive.
      const uploads = await awaitUploads();
      const step = queue.current.then(async () => {
        const message = { ...toMessage(), attachments: toIds(uploads) };
        return postJson<Sent>('/api/mail/send', { message, draftUid: draftUid.current });
      });
      queue.current = step.catch(() => {});
      const sent = await step;
      isOver.current = true;
      toast.show(sent.warning ? { kind: 'error', text: sent.warning } : { text: 'Message sent.' });
      onClose();
      onDone();
    } catch (reason) {
      setError(errorText(reason));
      setWrongField(reason instanceof RequestError ? reason.field : null);
    } finally {
      isUnderWay.current = false;
      setIsSending(false);
    }
  };

  const close = async () => {
    if (hasContent && saveState !== 'clean') {
      const isSaved = await save();
      if (!isSaved) {
        setError('The draft could not be saved. Your text is still here; try again.');
        return;
      }
      toast.show({ text: 'Draft saved.' });
    }
    isOver.current = true;
    onClose();
    onDone();
  };

  const discard = async () => {
    await queue.current;
    isOver.current = true;
    if (draftUid.current) {
      try {
        await deleteAt(`/api/mail/draft?uid=${draftUid.current}`);
      } catch (reason) {
        isOver.current = false;
        return errorText(reason);
      }
    }
    for (const file of latest.current.files) {
      file.cancel();
      if (file.upload) deleteAt(`/api/mail/upload?id=${file.upload.id}`).catch(() => {});
    }
    onClose();
    onDone();
    return undefined;
  };

  return {
    form,
    change,
    files,
    attach,
    detach,
    hasContent,
    saveState,
    savedAt,
    error,
    wrongField,
    isSending,
    question,
    ask,
    send,
    close,
    discard,
  };
}

function toForm(start: ComposerStart): ComposeForm {
  const { from, to, cc, bcc, subject, text, inReplyTo, references, origin } = start;
  return { from, to, cc, bcc, subject, text, inReplyTo, references, origin };
}

function toFile(upload: Upload): ComposerFile {
  const { fileName, sizeBytes } = upload;
  return {
    key: ++lastKey,
    fileName,
    sizeBytes,
    share: 1,
    upload,
    error: null,
    arrival: Promise.resolve(upload),
    cancel: () => {},
  };
}

function toIds(uploads: (Upload | null)[]): string[] {
  return uploads.flatMap((upload) => (upload ? [upload.id] : []));
}

/** What makes sending impossible. */
function findProblem(
  form: ComposeForm,
  files: ComposerFile[],
): { text: string; field: string } | null {
  const all = [...form.to, ...form.cc, ...form.bcc];
  if (all.length === 0) return { text: 'Add at least one recipient.', field: 'to' };
  const wrong = all.find((person) => !looksLikeAddress(person.address));
  if (wrong) return { text: `“${wrong.address}” is not an address.`, field: 'to' };
  if (files.some((file) => file.error)) {
    return { text: 'A file could not be attached. Remove it or attach it again.', field: 'files' };
  }
  return null;
}

/** What people regret afterwards. */
function findDoubt(form: ComposeForm, files: ComposerFile[]): Question | null {
  const own = form.text.split('\n').filter((line) => !line.startsWith('>'));
  const isForward = own.some((line) => line.startsWith('---------- Forwarded'));
  if (
    files.length === 0 &&
    !isForward &&
    /\battach(?:ed|ment|ments|ing)?\b|\benclosed\b/i.test(own.join('\n'))
  ) {
    return {
      title: 'No file attached',
      text: 'The text speaks of an attachment, but there is none.',
    };
  }
  if (form.subject.trim() === '') {
    return { title: 'No subject', text: 'The message has no subject.' };
  }
  if (form.to.length + form.cc.length > manyRecipients) {
    return {
      title: 'Many recipients',
      text: `All ${form.to.length + form.cc.length} recipients will see one another’s addresses.`,
    };
  }
  return null;
}
