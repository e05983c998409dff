// How everything looks: colours, letters, language, dates.
import { z } from 'zod';
import { isTimeZone } from '../i18n/locales.ts';
import { defineChoice, defineSwitch } from './choice.ts';
import { definePreference } from './define.ts';

/** "auto" or a name of the IANA time zone database. */
const timeZone = z
  .string()
  .max(64)
  .refine((name) => name === 'auto' || isTimeZone(name), 'There is no such time zone.');

const accents = [
  'teal',
  'blue',
  'indigo',
  'violet',
  'rose',
  'brick',
  'amber',
  'olive',
  'graphite',
] as const;

export const displayPreferences = [
  defineChoice('display.theme', ['auto', 'light', 'dark']),
  /** Each is a block of app/accents.css. */
  defineChoice('display.accent', accents),
  defineChoice('display.font', ['inter', 'system', 'serif', 'mono']),
  defineChoice('display.fontSize', ['normal', 'small', 'large', 'larger']),
  /** "auto" = what the browser asks for */
  defineChoice('display.language', ['auto', 'en', 'de', 'fr', 'es', 'ar', 'am']),
  definePreference('display.timeZone', {
    schema: timeZone,
    default: 'auto',
    control: { kind: 'text', maxLength: 64 },
  }),
  defineChoice('display.hours', ['auto', '12', '24']),
  defineChoice('display.dateFormat', ['auto', 'iso', 'dots', 'day-first', 'month-first']),
  defineChoice('display.firstWeekday', ['auto', 'monday', 'saturday', 'sunday']),
  defineSwitch('display.animations', true),
] as const;
