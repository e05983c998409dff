// Pictures of other servers that were not loaded, and who would have counted this reader.
'use client';
import { ChevronDown, ImageOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { usePreferences } from '../state/preferences.tsx';
import { errorText, postJson } from '../state/request.ts';
import type { Look } from './look.ts';

export function ImagesBar({ message, look }: { message: MessageView; look: Look }) {
  const t = useTranslations('reader');
  const toast = useToast();
  const { change } = usePreferences();
  const bodies = message.bodies.filter((body) => body.kind === 'html');
  const count = bodies.reduce((sum, { remoteImages }) => sum + remoteImages, 0);
  const trackers = [...new Set(bodies.flatMap((body) => body.trackers))];
  const isBlocked = count > 0 && !look.mayLoadRemote && !look.isPlain;
  if (!isBlocked && trackers.length === 0) return null;
  const sender = message.from[0]?.address ?? '';
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const trust = (whom: string) => {
    look.loadRemote();
    postJson('/api/mail/trust', { sender: whom })
      .then(() => toast.show({ text: t('done.trusted', { sender: whom }) }))
      .catch((error: unknown) => toast.show({ kind: 'error', text: errorText(error) }));
  };
  const { mayTrust } = message.facts.images;
  return (
    <div className="mx-4 mb-2 flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1 rounded-md bg-info-soft py-1.5 ps-3 pe-1.5 text-sm text-info-text md:mx-6 print:hidden">
      <ImageOff aria-hidden className="size-4 shrink-0" />
      <span className="min-w-0 flex-1 basis-60 break-words">
        {isBlocked && t('images.blocked', { count })}{' '}
        {trackers.length > 0 &&
          t('images.trackers', { count: trackers.length, names: trackers.slice(0, 4).join(', ') })}
      </span>
      {isBlocked && (
        <span className="flex items-center">
          <Button size="sm" onClick={look.loadRemote}>
            {t('images.load')}
          </Button>
          <Menu
            label={t('images.choices')}
            trigger={(props) => (
              <IconButton {...props} label={t('images.choices')} icon={<ChevronDown />} size="sm" />
            )}
            items={[
              ...(mayTrust
                ? [
                    { label: t('images.sender', { sender }), onSelect: () => trust(sender) },
                    { label: t('images.domain', { domain }), onSelect: () => trust(`@${domain}`) },
                  ]
                : [{ label: t('images.unproven'), isDisabled: true }]),
              {
                label: t('images.all'),
                onSelect: () => {
                  look.loadRemote();
                  void change({ 'reading.images': 'always' });
                },
              },
            ]}
          />
        </span>
      )}
    </div>
  );
}
