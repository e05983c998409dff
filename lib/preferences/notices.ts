// How new mail is told.
import { z } from 'zod';
import { defineAmount, defineChoice, defineSwitch } from './choice.ts';
import { definePreference } from './define.ts';

export const noticesPreferences = [
  /** "(3) Inbox" in the title of the tab */
  defineSwitch('notices.title', true),
  /** On the icon of the tab, and of the app where it is installed */
  defineSwitch('notices.badge', true),
  defineSwitch('notices.desktop', false),
  /** No sender, no subject in it */
  defineSwitch('notices.private', false),
  /** Else only while nobody looks at the page */
  defineSwitch('notices.always', false),
  defineChoice('notices.sound', ['none', 'bell', 'chime', 'drop', 'wood', 'nut']),
  defineAmount('notices.volume', { min: 1, max: 100, value: 50 }),
  defineChoice('notices.scope', ['inbox', 'all', 'chosen']),
  /** Announcements of administrators that the user has closed (lib/accounts/announcement.ts) */
  definePreference('notices.closedAnnouncements', {
    schema: z.array(z.string().min(1).max(100)).max(50),
    default: [] as string[],
    control: { kind: 'none' },
  }),
  /** Paths of folders, for the scope "chosen" */
  definePreference('notices.folders', {
    schema: z.array(z.string().min(1).max(1000)).max(200),
    default: [] as string[],
    control: { kind: 'none' },
  }),
] as const;
