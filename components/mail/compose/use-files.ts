// The files of one message being written: chosen, on their way to the server, there.
'use client';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Upload } from '#lib/webmail/compose/uploads.ts';
import { errorText } from '../state/request.ts';
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
export type Files = ReturnType<typeof useFiles>;

const mostAtOnce = 50;
let lastKey = 0;

/** `touch` is called when what would be saved has changed. */
export function useFiles(start: Upload[], touch: () => void) {
  const [files, setFiles] = useState<ComposerFile[]>(() => start.map(toFile));
  const latest = useRef(files);
  latest.current = files;

  const patch = useCallback((key: number, change: Partial<ComposerFile>) => {
    setFiles((all) => all.map((file) => (file.key === key ? { ...file, ...change } : file)));
  }, []);
  /** `refuse` gives the reason why a file cannot be attached, or null. */
  const attach = useCallback(
    (chosen: File[], refuse: (file: File) => string | null) => {
      for (const file of chosen.slice(0, mostAtOnce)) {
        const key = ++lastKey;
        const entry = { key, fileName: file.name, sizeBytes: file.size, share: 0, upload: null };
        const reason = refuse(file);
        if (reason) {
          const arrival = Promise.resolve(null);
          setFiles((all) => [...all, { ...entry, error: reason, arrival, cancel: () => {} }]);
          continue;
        }
        const { done, cancel } = uploadFile(file, (share) => patch(key, { share }));
        setFiles((all) => [...all, { ...entry, error: null, arrival: done, cancel }]);
        done
          .then((upload) => {
            if (!upload) return;
            patch(key, { upload, share: 1, fileName: upload.fileName });
            touch();
          })
          .catch((failure: unknown) => patch(key, { error: errorText(failure) }));
      }
    },
    [patch, touch],
  );
  /** `change` gives the file as it is kept from now on; where it throws the file stays as it was. */
  const alter = useCallback(
    async (key: number, change: (upload: Upload) => Promise<Upload>) => {
      const file = latest.current.find((each) => each.key === key);
      if (!file?.upload) return;
      const arrival = change(file.upload);
      try {
        patch(key, { arrival });
        const upload = await arrival;
        const { fileName, sizeBytes } = upload;
        patch(key, { upload, fileName, sizeBytes });
        touch();
      } catch (failure) {
        patch(key, { arrival: Promise.resolve(file.upload) });
        throw failure;
      }
    },
    [patch, touch],
  );
  const detach = useCallback(
    (keys: readonly number[]) => {
      for (const file of latest.current) if (keys.includes(file.key)) file.cancel();
      // The file itself stays until its days are over: a version of the draft being saved may still name it.
      setFiles((all) => all.filter((each) => !keys.includes(each.key)));
      touch();
    },
    [touch],
  );
  /** The uploads of the files the message has when all of them have arrived. */
  const awaitAll = useCallback(async (): Promise<Upload[]> => {
    for (;;) {
      const keys = latest.current.map((file) => file.key);
      const uploads = await Promise.all(latest.current.map((file) => file.arrival));
      if (latest.current.every((file, i) => file.key === keys[i])) {
        return uploads.slice(0, latest.current.length).filter((each) => each !== null);
      }
    }
  }, []);
  const arrived = useCallback(
    () => latest.current.flatMap(({ upload }) => (upload ? [upload] : [])),
    [],
  );
  return useMemo(
    () => ({ files, attach, alter, detach, awaitAll, arrived }),
    [files, attach, alter, detach, awaitAll, arrived],
  );
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
