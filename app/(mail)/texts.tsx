// The texts that a page gives to what the browser draws.
import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import { namespaces, type PageNamespace } from '#lib/i18n/locales.ts';

/** With `parts` the texts of these, without them those of all pages of the webmail. */
export async function Texts({
  parts,
  children,
}: {
  parts?: readonly PageNamespace[];
  children: ReactNode;
}) {
  const messages = await getMessages();
  const wanted = (parts ?? namespaces).map((name) => [name, messages[name]]);
  return (
    <NextIntlClientProvider messages={Object.fromEntries(wanted)}>
      {children}
    </NextIntlClientProvider>
  );
}
