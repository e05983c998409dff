// A few colours for text or its background, each with its name.
'use client';
import { Baseline, Highlighter } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu } from '#components/ui/menu.tsx';

const colors = {
  color: {
    black: '#000000',
    grey: '#5f6b7a',
    red: '#b42318',
    orange: '#b35309',
    green: '#1b6b32',
    blue: '#1f5fd0',
    purple: '#7a3ea8',
  },
  background: {
    grey: '#e7e9ec',
    red: '#fbd5d2',
    orange: '#fde3c4',
    yellow: '#fff3a3',
    green: '#cdeed4',
    blue: '#d3e5fb',
    purple: '#ead9f7',
  },
} as const;

type Name = keyof (typeof colors)['color'] | keyof (typeof colors)['background'];

export function ColorMenu({
  kind,
  onChoose,
}: {
  kind: 'color' | 'background';
  onChoose: (color: string | null) => void;
}) {
  const t = useTranslations('compose.format');
  const choices = Object.entries(colors[kind]) as [Name, string][];
  return (
    <Menu
      label={t(kind)}
      align="start"
      trigger={(props) => (
        <IconButton
          {...props}
          tabIndex={-1}
          label={t(kind)}
          icon={kind === 'color' ? <Baseline /> : <Highlighter />}
          size="sm"
        />
      )}
      items={[
        { label: t('noColor'), onSelect: () => onChoose(null) },
        ...choices.map(([name, color]) => ({
          label: t(name),
          icon: <span className="block size-4 rounded-full border" style={{ background: color }} />,
          onSelect: () => onChoose(color),
        })),
      ]}
    />
  );
}
