// The page "Display": colours by sight, the time zone by name, the rest as declared.
'use client';
import { Check } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Select } from '#components/ui/input.tsx';
import type { Preferences } from '#lib/preferences/index.ts';
import { usePreferences } from '../state/preferences.tsx';
import { useIsClient } from '../use-client.ts';
import type { DeclaredPreference } from './declared.ts';
import { useOptionTexts } from './option-texts.ts';
import { PreferenceList } from './preference-list.tsx';

export function DisplayOptions({ declared }: { declared: readonly DeclaredPreference[] }) {
  const router = useRouter();
  const accents = declared.find((each) => each.key === 'display.accent')?.control;
  return (
    <PreferenceList
      declared={declared}
      inputs={{
        'display.accent': (id) => (
          <AccentInput id={id} accents={accents?.kind === 'choice' ? accents.choices : []} />
        ),
        'display.timeZone': (id) => <TimeZoneInput id={id} />,
      }}
      onKept={(patch) => {
        // Texts and the server's dates come from the server.
        if ('display.language' in patch || 'display.timeZone' in patch) router.refresh();
      }}
    />
  );
}

function AccentInput({ id, accents }: { id: string; accents: readonly string[] }) {
  const texts = useOptionTexts();
  const { preferences, change } = usePreferences();
  const chosen = preferences['display.accent'];
  return (
    <fieldset aria-label={texts.title('display.accent')} className="flex flex-wrap gap-1">
      {accents.map((accent) => (
        <label
          key={accent}
          data-accent={accent}
          title={texts.choice('display.accent', accent)}
          className="relative flex size-8 cursor-pointer items-center justify-center pointer-coarse:size-11"
        >
          <input
            type="radio"
            id={accent === chosen ? id : undefined}
            name={id}
            checked={accent === chosen}
            onChange={() =>
              void change({ 'display.accent': accent as Preferences['display.accent'] })
            }
            aria-label={texts.choice('display.accent', accent)}
            className="size-7 appearance-none rounded-full bg-accent"
          />
          {accent === chosen && (
            <Check aria-hidden className="pointer-events-none absolute size-4 text-on-accent" />
          )}
        </label>
      ))}
    </fieldset>
  );
}

function TimeZoneInput({ id }: { id: string }) {
  const t = useTranslations('options.display.timeZone');
  const { preferences, change } = usePreferences();
  const chosen = preferences['display.timeZone'];
  const isClient = useIsClient();
  const own = isClient ? Intl.DateTimeFormat().resolvedOptions().timeZone : '…';
  const zones = isClient ? Intl.supportedValuesOf('timeZone') : [];
  const all = chosen === 'auto' || zones.includes(chosen) ? zones : [chosen, ...zones];
  return (
    <Select
      id={id}
      value={chosen}
      onChange={(event) => void change({ 'display.timeZone': event.target.value })}
      className="max-w-full w-56"
    >
      <option value="auto">{t('browser', { zone: own.replaceAll('_', ' ') })}</option>
      {all.map((zone) => (
        <option key={zone} value={zone}>
          {zone.replaceAll('_', ' ')}
        </option>
      ))}
    </Select>
  );
}
