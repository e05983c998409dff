// What a browser needs to install the webmail as an app: its name is the setting web.title. Browsers ask for it without
// cookies, so it is open to everybody and in the language they ask for.
import { getTranslations } from 'next-intl/server';
import { readSetting } from '#lib/settings/index.ts';
import { currentLocale } from '../i18n.ts';

export async function GET(): Promise<Response> {
  const [title, t, lang] = await Promise.all([
    readSetting('web.title'),
    getTranslations('ui'),
    currentLocale(),
  ]);
  const icon = (name: string, size: string, purpose = 'any') => ({
    src: `/${name}`,
    sizes: size,
    type: name.endsWith('.svg') ? 'image/svg+xml' : 'image/png',
    purpose,
  });
  const icons = [
    icon('icon-192.png', '192x192'),
    icon('icon-512.png', '512x512'),
    icon('icon-maskable-512.png', '512x512', 'maskable'),
    icon('icon.svg', 'any'),
  ];
  const manifest = {
    id: '/mail',
    name: title,
    short_name: title.slice(0, 12),
    description: t('app.description'),
    lang,
    start_url: '/mail',
    scope: '/',
    display: 'standalone',
    background_color: '#f6f7f8',
    theme_color: '#f6f7f8',
    categories: ['email', 'productivity'],
    icons,
    shortcuts: [
      { name: t('app.compose'), url: '/mail?compose=new' },
      { name: t('frame.contacts'), url: '/contacts' },
      { name: t('frame.calendar'), url: '/calendar' },
    ].map((each) => ({ ...each, icons: [icon('icon-192.png', '192x192')] })),
    protocol_handlers: [{ protocol: 'mailto', url: '/mail?mailto=%s' }],
  };
  return new Response(JSON.stringify(manifest), {
    headers: {
      'content-type': 'application/manifest+json',
      'cache-control': 'public, max-age=3600',
      vary: 'accept-language',
    },
  });
}
