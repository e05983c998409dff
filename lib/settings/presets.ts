// Sets of values for the checks of strangers, for who does not want to think about each.
import type { Settings } from './index.ts';

type Values = Partial<Settings>;
export type Preset = { name: string; title: string; help: string; values: Values };

const checked = [
  'checks.reverseName',
  'checks.heloName',
  'checks.heloResolves',
  'checks.senderDomain',
  'checks.greylisting',
] as const;
/** What a preset decides; everything else stays as it is. */
export const presetKeys: readonly (typeof checked)[number][] = checked;

export const presets: readonly Preset[] = [
  {
    name: 'open',
    title: 'Open',
    help: 'As after the installation: takes everything that is addressed rightly. For a server behind another filter.',
    values: {
      'checks.reverseName': 'off',
      'checks.heloName': 'off',
      'checks.heloResolves': 'off',
      'checks.senderDomain': 'off',
      'checks.greylisting': false,
    },
  },
  {
    name: 'recommended',
    title: 'Recommended',
    help: 'For a server on the Internet: who cannot be answered is refused, who has no proper name goes into Junk, nobody waits.',
    values: {
      'checks.reverseName': 'junk',
      'checks.heloName': 'junk',
      'checks.heloResolves': 'off',
      'checks.senderDomain': 'refuse',
      'checks.greylisting': false,
    },
  },
  {
    name: 'strict',
    title: 'Strict',
    help: 'For who gets much junk: names must be right, and unknown senders wait a minute (greylisting).',
    values: {
      'checks.reverseName': 'refuse',
      'checks.heloName': 'refuse',
      'checks.heloResolves': 'junk',
      'checks.senderDomain': 'refuse',
      'checks.greylisting': true,
    },
  },
];

/** The preset that these values are, or null. */
export function findPreset(settings: Settings): Preset | null {
  return (
    presets.find(({ values }) => presetKeys.every((key) => settings[key] === values[key])) ?? null
  );
}
