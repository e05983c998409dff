// A file of contacts: chosen, looked at by the server, then brought in.
'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Radio } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, FieldError } from '#components/ui/field.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { errorText, postFile } from '../state/request.ts';
import { contactsPath, type ImportResult } from './contact-data.ts';

const modes = ['skip', 'merge', 'add'] as const;
const isSquirrelOption = (file: File) => /\.(?:pref|sig|si\d{1,2})$/i.test(file.name);

export function ImportDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const t = useTranslations('contacts');
  const toast = useToast();
  const [files, setFiles] = useState<File[]>([]);
  const [found, setFound] = useState<ImportResult | null>(null);
  const [mode, setMode] = useState<(typeof modes)[number]>('skip');
  const [error, setError] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const books = files.filter((file) => !isSquirrelOption(file));
  const options = files.filter(isSquirrelOption);

  const send = (file: File, as: string) =>
    postFile<ImportResult>(
      `${contactsPath}/import?mode=${as}&name=${encodeURIComponent(file.name)}`,
      file,
    );
  const busy = async (work: () => Promise<void>) => {
    setIsBusy(true);
    setError('');
    try {
      await work();
    } catch (failure) {
      setError(errorText(failure));
    }
    setIsBusy(false);
  };
  const look = (chosen: File[]) =>
    busy(async () => {
      setFiles(chosen);
      setFound(null);
      const wanted = chosen.filter((file) => !isSquirrelOption(file));
      const results: ImportResult[] = [];
      for (const file of wanted) results.push(await send(file, 'look'));
      const [first] = results;
      const sum = (key: 'found' | 'known' | 'unreadable' | 'added') =>
        results.reduce((total, each) => total + each[key], 0);
      if (!first) return;
      const counts = { known: sum('known'), unreadable: sum('unreadable'), added: sum('added') };
      setFound({ ...first, ...counts, found: sum('found') });
    });
  const start = () =>
    busy(async () => {
      let added = 0;
      let merged = 0;
      for (const file of books) {
        const result = await send(file, mode);
        added += result.added;
        merged += result.merged;
      }
      const texts = books.length > 0 ? [t('import.done', { added, merged })] : [];
      if (options.length > 0) {
        const form = new FormData();
        for (const file of options) form.append('file', file, file.name);
        const answer = await postFile<{ identities: number }>(
          '/api/mail/contacts/squirrelmail',
          form,
        );
        texts.push(t('import.identities', { count: answer.identities }));
      }
      toast.show({ text: texts.join(', ') });
      onDone();
      onClose();
    });

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('import.title')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="primary"
            isPending={isBusy}
            disabled={(found?.found ?? 0) === 0 && options.length === 0}
            onClick={() => void start()}
          >
            {t('import.start', { count: found?.found ?? 0 })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-muted">{t('import.text')}</p>
        <p className="text-sm text-muted">{t('import.squirrelmail')}</p>
        <Field label={t('import.file')}>
          <input
            type="file"
            multiple
            aria-label={t('import.file')}
            className="w-full text-sm file:me-3 file:h-9 file:rounded-md file:border file:bg-surface file:px-3"
            onChange={(event) => void look([...(event.target.files ?? [])].slice(0, 40))}
          />
        </Field>
        <FieldError>{error}</FieldError>
        <div role="status">
          {found && (
            <>
              <p className="font-medium">
                {found.found > 0 ? t('import.found', { count: found.found }) : t('import.nothing')}
              </p>
              {found.sample.length > 0 && (
                <ul className="mt-1 text-sm text-muted">
                  {found.sample.map(({ name, address }, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a sample that does not change
                    <li key={i} className="truncate">
                      {name} {address && address !== name && `<${address}>`}
                    </li>
                  ))}
                </ul>
              )}
              {found.found > 0 && <p>{t('import.known', { count: found.known })}</p>}
              {found.unreadable > 0 && (
                <p className="text-warn-text">
                  {t('import.unreadable', { count: found.unreadable })}
                </p>
              )}
            </>
          )}
        </div>
        {found && found.known > 0 && (
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 text-sm font-medium">{t('import.mode')}</legend>
            {modes.map((each) => (
              <Radio
                key={each}
                name="mode"
                label={t(`import.${each}`)}
                checked={mode === each}
                onChange={() => setMode(each)}
              />
            ))}
          </fieldset>
        )}
      </div>
    </Dialog>
  );
}
