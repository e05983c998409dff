// The language of the document after going from one part of the app to another without a load: the frame of all pages,
// which says it first, is not drawn again then.
'use client';
import { useEffect } from 'react';

export function DocumentLanguage({
  language,
  direction,
}: {
  language: string;
  direction: 'ltr' | 'rtl';
}) {
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = direction;
  }, [language, direction]);
  return null;
}
