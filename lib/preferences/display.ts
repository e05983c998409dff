// How everything looks.
import { defineChoice } from './choice.ts';

export const displayPreferences = [
  /** "auto" = what the browser asks for */
  defineChoice('display.language', ['auto', 'en', 'de', 'fr', 'es', 'ar', 'am']),
] as const;
