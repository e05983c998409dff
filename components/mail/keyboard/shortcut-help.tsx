// All keys on one card, and the place to choose others.
'use client';
import { Pencil, RotateCcw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/checkbox.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { usePreferences } from '../state/preferences.tsx';
import {
  type Command,
  commandGroups,
  commands,
  keysOf,
  otherKeys,
  splitKeys,
  writeStroke,
} from './commands.ts';

export function ShortcutHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations('mail');
  const { preferences, change } = usePreferences();
  const own = preferences['list.keys'];
  const [isEditing, setIsEditing] = useState(false);
  const [learning, setLearning] = useState<string | null>(null);
  const setKeys = (command: Command, keys: readonly string[] | null) => {
    const next = { ...own };
    if (keys === null) delete next[command.id];
    else next[command.id] = [...keys];
    void change({ 'list.keys': next });
  };
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('help.title')} size="lg">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <Switch
          label={t('help.on')}
          checked={preferences['list.keyboard']}
          onChange={(event) => void change({ 'list.keyboard': event.target.checked })}
        />
        <span className="flex gap-2">
          {isEditing && Object.keys(own).length > 0 && (
            <Button onClick={() => void change({ 'list.keys': {} })}>{t('help.reset')}</Button>
          )}
          <Button onClick={() => setIsEditing(!isEditing)}>
            {t(isEditing ? 'help.done' : 'help.edit')}
          </Button>
        </span>
      </div>
      <div className={joinClasses('grid gap-x-8 gap-y-5', isEditing ? '' : 'sm:grid-cols-2')}>
        {commandGroups.map((group) => (
          <section key={group}>
            <h3 className="mb-2 text-sm font-semibold text-muted">{t(`groups.${group}`)}</h3>
            <ul className="flex flex-col gap-1.5">
              {commands
                .filter((each) => each.group === group)
                .filter((each) => isEditing || keysOf(each, own).length > 0)
                .map((command) => (
                  <li
                    key={command.id}
                    className="flex min-h-6 items-center justify-between gap-3 text-sm"
                  >
                    {t(`commands.${command.id}`)}
                    <span className="flex items-center gap-2">
                      {learning === command.id ? (
                        <Learn
                          onDone={(key) => {
                            setLearning(null);
                            if (key !== null) setKeys(command, key === '' ? [] : [key]);
                          }}
                        />
                      ) : (
                        <Keys keys={keysOf(command, own)} or={t('help.or')} />
                      )}
                      {isEditing && (
                        <>
                          <IconButton
                            label={t('help.change', { command: t(`commands.${command.id}`) })}
                            icon={<Pencil />}
                            size="sm"
                            onClick={() => setLearning(command.id)}
                          />
                          <IconButton
                            label={t('help.usual', { command: t(`commands.${command.id}`) })}
                            icon={<RotateCcw />}
                            size="sm"
                            disabled={!Object.hasOwn(own, command.id)}
                            onClick={() => setKeys(command, null)}
                          />
                        </>
                      )}
                    </span>
                  </li>
                ))}
              {group === 'write' &&
                otherKeys.map(({ id, keys }) => (
                  <li key={id} className="flex items-center justify-between gap-3 text-sm">
                    {t(`otherKeys.${id}`)}
                    <Keys keys={keys} or={t('help.or')} />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Keys({ keys, or }: { keys: readonly string[]; or: string }) {
  return (
    <span className="flex items-center gap-1">
      {keys.map((key, index) => (
        <span key={key} className="flex items-center gap-1">
          {index > 0 && <span className="text-xs text-faint">{or}</span>}
          {splitKeys(key).map((part, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same key twice has no other identity
            <Kbd key={at}>{part}</Kbd>
          ))}
        </span>
      ))}
    </span>
  );
}

const waitMs = 1000;

/** Takes the next stroke, or two of them quickly after one another; Delete alone means no key, Escape leaves it as it is. */
function Learn({ onDone }: { onDone: (key: string | null) => void }) {
  const t = useTranslations('mail');
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    let first: string | null = null;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const listen = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
      const isAltGraph = event.getModifierState('AltGraph');
      const stroke = writeStroke({ key, ctrlKey, metaKey, altKey, shiftKey, isAltGraph });
      if (stroke === null) return;
      event.preventDefault();
      event.stopPropagation();
      if (timer) clearTimeout(timer);
      if (first !== null) return done.current(`${first} ${stroke}`);
      if (stroke === 'Escape') return done.current(null);
      if (stroke === 'Delete' || stroke === 'Backspace') return done.current('');
      first = stroke;
      timer = setTimeout(() => done.current(first), waitMs);
    };
    window.addEventListener('keydown', listen, true);
    return () => {
      window.removeEventListener('keydown', listen, true);
      if (timer) clearTimeout(timer);
    };
  }, []);
  return (
    <span role="status" className="text-xs text-accent-text">
      {t('help.press')}
    </span>
  );
}
