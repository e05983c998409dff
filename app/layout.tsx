// The frame of every page: font, tokens, theme, toasts. Reads nothing but the theme cookie and the title.
import '@fontsource-variable/inter/wght.css';
import './globals.css';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { ToastProvider } from '#components/ui/toast.tsx';
import { readSetting } from '#lib/settings/index.ts';

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
  const theme = (await cookies()).get('drey.theme')?.value;
  return (
    <html lang="en" data-theme={theme === 'light' || theme === 'dark' ? theme : undefined}>
      <body>
        <ToastProvider>{children}</ToastProvider>
      </body>
    </html>
  );
}
