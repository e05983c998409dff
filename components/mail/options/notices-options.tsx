// The page "New mail": what needs the person's leave, what can be heard, and for which folders.
'use client';
import { Volume2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox, Switch } from '#components/ui/checkbox.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { askForNotices, mayNotify } from '../notices/notify.ts';
import { playSound } from '../notices/sounds.ts';
import { usePreferences } from '../state/preferences.tsx';
import { getJson } from '../state/request.ts';
import { useIsClient } from '../use-client.ts';
import type { DeclaredPreference } from './declared.ts';
import { PreferenceInput } from './preference-input.tsx';
import { PreferenceList } from './preference-list.tsx';

export function NoticesOptions({ declared }: { declared: readonly DeclaredPreference[] }) {
  const { preferences } = usePreferences();
  const sound = declared.find((each) => each.key === 'notices.sound');
  const isChosen = preferences['notices.scope'] === 'chosen';
  return (
    <PreferenceList
      declared={declared.filter((each) => each.key !== 'notices.folders' || isChosen)}
      inputs={{
        'notices.desktop': (id) => <DesktopInput id={id} />,
        'notices.sound': (id) => sound && <SoundInput id={id} declared={sound} />,
        'notices.folders': () => <FoldersInput />,
      }}
    />
  );
}

function DesktopInput({ id }: { id: string }) {
  const t = useTranslations('options.notices.desktop');
  const { preferences, change } = usePreferences();
  const isClient = useIsClient();
  const [permission, setPermission] = useState<NotificationPermission | null>(null);
  const now = permission ?? (isClient && mayNotify() ? Notification.permission : 'default');
  if (isClient && !mayNotify()) return <span className="text-sm text-muted">{t('missing')}</span>;
  if (now === 'denied') return <span className="text-sm text-muted">{t('denied')}</span>;
  if (now === 'granted') {
    return (
      <Switch
        id={id}
        aria-describedby={`${id}-help`}
        checked={preferences['notices.desktop']}
        onChange={(event) => void change({ 'notices.desktop': event.target.checked })}
      />
    );
  }
  return (
    <Button
      id={id}
      onClick={async () => {
        const answer = await askForNotices();
        setPermission(answer);
        if (answer === 'granted') void change({ 'notices.desktop': true });
      }}
    >
      {t('allow')}
    </Button>
  );
}

function SoundInput({ id, declared }: { id: string; declared: DeclaredPreference }) {
  const t = useTranslations('options.notices.sound');
  const { preferences, change } = usePreferences();
  const sound = preferences['notices.sound'];
  const volume = preferences['notices.volume'];
  return (
    <span className="flex items-center gap-1">
      <PreferenceInput
        id={id}
        describedBy={undefined}
        declared={declared}
        value={sound}
        onChange={(value) => {
          void change({ 'notices.sound': value as typeof sound });
          void playSound(String(value), volume);
        }}
      />
      <IconButton
        label={t('play')}
        icon={<Volume2 />}
        disabled={sound === 'none'}
        onClick={() => void playSound(sound, volume)}
      />
    </span>
  );
}

function FoldersInput() {
  const t = useTranslations('options.notices.folders');
  const { preferences, change } = usePreferences();
  const chosen = preferences['notices.folders'];
  const [folders, setFolders] = useState<Folder[] | null>(null);
  useEffect(() => {
    getJson<{ folders: Folder[] }>('/api/mail/folders').then(
      (answer) => setFolders(answer.folders.filter((each) => each.isSelectable)),
      () => setFolders([]),
    );
  }, []);
  return (
    <fieldset
      aria-label={t('title')}
      className="max-h-64 min-w-56 overflow-y-auto rounded-md border p-2"
    >
      {folders?.map((folder) => (
        <Checkbox
          key={folder.path}
          label={folder.path}
          checked={chosen.includes(folder.path)}
          onChange={(event) => {
            const others = chosen.filter((each) => each !== folder.path);
            const next = event.target.checked ? [...others, folder.path] : others;
            void change({ 'notices.folders': next });
          }}
        />
      ))}
      {folders === null && <p className="text-muted">{t('loading')}</p>}
    </fieldset>
  );
}
