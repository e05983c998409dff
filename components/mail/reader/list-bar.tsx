// The mailing list a message comes from, and what one may do there.
'use client';
import { ChevronDown, Users } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { ListCommands, ListVerb } from '#lib/webmail/reader/list-commands.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import type { ComposeStart } from '../compose/compose-start.ts';
import { errorText, postJson } from '../state/request.ts';

const others: ListVerb[] = ['post', 'subscribe', 'archive', 'owner', 'help'];

export function ListBar({
  message,
  list,
  onCompose,
}: {
  message: MessageView;
  list: ListCommands;
  onCompose: (begin: ComposeStart) => void;
}) {
  const t = useTranslations('reader.list');
  const tDone = useTranslations('reader.done');
  const toast = useToast();
  const [isAsking, setIsAsking] = useState(false);
  const { folder, uid } = message;
  const follow = (verb: ListVerb) => {
    const link = list.links[verb];
    // A page can do more than a letter; leaving by letter is what is sure to work.
    const isMail = link?.mailto && (verb === 'unsubscribe' || verb === 'post' || !link.url);
    if (link?.mailto && isMail) onCompose({ mode: 'new', mailto: link.mailto });
    else if (link?.url) window.open(link.url, '_blank', 'noopener,noreferrer');
  };
  const mayLeave = list.hasOneClick || list.links.unsubscribe !== undefined;
  const name = list.name || list.id;
  const offered = others.filter((verb) => list.links[verb]);
  return (
    <div className="mx-4 mb-2 flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted md:mx-6 print:hidden">
      <span className="flex min-w-0 items-center gap-1.5">
        <Users aria-hidden className="size-4 shrink-0" />
        <bdi className="truncate">{name ? t('name', { name }) : t('plain')}</bdi>
      </span>
      {mayLeave && (
        <Button
          size="sm"
          variant="ghost"
          onClick={() => (list.hasOneClick ? setIsAsking(true) : follow('unsubscribe'))}
        >
          {t('unsubscribe')}
        </Button>
      )}
      {offered.length > 0 && (
        <Menu
          label={t('label')}
          trigger={(props) => (
            <IconButton {...props} label={t('label')} icon={<ChevronDown />} size="sm" />
          )}
          items={offered.map((verb) => ({ label: t(verb), onSelect: () => follow(verb) }))}
        />
      )}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('leaveTitle')}
        confirmLabel={t('leave')}
        onConfirm={async () => {
          try {
            await postJson('/api/mail/unsubscribe', { folder, uid });
            toast.show({ text: tDone('left') });
            return undefined;
          } catch (error) {
            return errorText(error);
          }
        }}
      >
        {t('leaveText', { name: name || t('plain') })}
      </ConfirmDialog>
    </div>
  );
}
