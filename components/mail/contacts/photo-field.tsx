// Choosing and removing the photo of a contact.
'use client';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { FieldError } from '#components/ui/field.tsx';
import type { Contact } from './contact-data.ts';
import { shrinkPhoto } from './shrink-photo.ts';

export function PhotoField({
  photo,
  error,
  onChange,
}: {
  photo: Contact['photo'];
  error?: string;
  onChange: (photo: Contact['photo']) => void;
}) {
  const t = useTranslations('contacts.form');
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState('');
  const choose = async (file: File | undefined) => {
    if (!file) return;
    setProblem('');
    try {
      onChange({ type: 'image/jpeg', data: await shrinkPhoto(file) });
    } catch {
      setProblem(t('badPhoto'));
    }
  };
  return (
    <div className="flex items-center gap-3">
      {photo && (
        // biome-ignore lint/performance/noImgElement: it is in the page already
        <img
          src={`data:${photo.type};base64,${photo.data}`}
          alt={t('photo')}
          className="size-16 rounded-full object-cover"
        />
      )}
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        onChange={(event) => {
          void choose(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <Button onClick={() => input.current?.click()}>{t('choosePhoto')}</Button>
      {photo && (
        <Button variant="ghost" onClick={() => onChange(null)}>
          {t('removePhoto')}
        </Button>
      )}
      <FieldError>{problem || error}</FieldError>
    </div>
  );
}
