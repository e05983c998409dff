// The frame of every page: fonts, tokens, theme, toasts. Reads nothing but the language, how a person wants pages to look (of
// strangers the theme cookie) and the title.
import '@fontsource-variable/inter/wght.css';
import './fonts.css';
import './globals.css';
import './accents.css';
import type { Metadata, Viewport } from 'next';
import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import { ToastProvider } from '#components/ui/toast.tsx';
import { directionOf } from '#lib/i18n/locales.ts';
import { readSetting } from '#lib/settings/index.ts';
import { currentLocale } from './i18n.ts';
import { currentLook } from './look.ts';

export async function generateMetadata(): Promise<Metadata> {
  const title = await readSetting('web.title');
  return {
    title: { default: title, template: `%s · ${title}` },
    applicationName: title,
    manifest: '/manifest.webmanifest',
    icons: { icon: [{ url: '/icon.svg', type: 'image/svg+xml' }], apple: '/icon-180.png' },
    formatDetection: { telephone: false, email: false, address: false },
    robots: { index: false, follow: false },
  };
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f7f8' },
    { media: '(prefers-color-scheme: dark)', color: '#121316' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const locale = await currentLocale();
  // Other pages than the webmail's get what components/ui says; its own layout gives the rest.
  const { ui } = await getMessages();
  return (
    <html lang={locale} dir={directionOf(locale)} {...(await currentLook())}>
      <body>
        <NextIntlClientProvider messages={{ ui }}>
          <ToastProvider>{children}</ToastProvider>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
