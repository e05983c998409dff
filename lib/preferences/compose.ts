// Writing.
import { z } from 'zod';
import { defineAmount, defineChoice, defineSwitch } from './choice.ts';
import { definePreference } from './define.ts';

/** A short text of the user's own. */
function defineText<K extends `compose.${string}`>(key: K, maxLength: number, value: string) {
  const control = { kind: 'text', maxLength } as const;
  return definePreference(key, { schema: z.string().max(maxLength), default: value, control });
}

const undoChoices = ['0', '5', '10', '20', '30'] as const;

export const composePreferences = [
  defineChoice('compose.format', ['rich', 'plain']),
  /** "same": HTML is answered as HTML, text as text */
  defineChoice('compose.answerFormat', ['same', 'rich', 'plain']),
  /** What has no formats leaves as plain text alone. */
  defineSwitch('compose.plainWhenPossible', true),
  defineChoice('compose.font', ['default', 'sans', 'serif', 'mono']),
  defineChoice('compose.fontSize', ['normal', 'small', 'large']),
  defineChoice('compose.window', ['docked', 'full', 'popup']),
  defineChoice('compose.spelling', ['auto', 'off', 'en', 'de', 'fr', 'es', 'ar', 'am']),

  defineChoice('compose.cursor', ['above', 'below']),
  defineChoice('compose.citation', ['date-author', 'author', 'none', 'own']),
  /** {date}, {name} and {address} are filled in. */
  defineText('compose.citationText', 200, '{name}:'),
  defineText('compose.quotePrefix', 4, '> '),
  defineSwitch('compose.stripSignatures', true),
  defineSwitch('compose.includeMe', false),
  defineChoice('compose.forwardAs', ['inline', 'attachment']),

  defineChoice('compose.signatureOn', ['all', 'new', 'none']),
  defineChoice('compose.signaturePlace', ['above', 'below']),

  /** Seconds for which sending can be taken back */
  definePreference('compose.undoSeconds', {
    schema: z.enum(undoChoices),
    default: '10',
    control: { kind: 'choice', choices: undoChoices },
  }),
  defineChoice('compose.afterSend', ['stay', 'list']),
  defineSwitch('compose.attachmentReminder', true),
  /** Asks before more people than this see one another's addresses; 0 = never */
  defineAmount('compose.manyRecipients', { min: 0, max: 500, value: 10 }),
  defineSwitch('compose.readReceipt', false),
  defineSwitch('compose.deliveryReceipt', false),

  /** Path of the folder for copies of sent mail; empty = Sent */
  defineText('compose.sentFolder', 200, ''),
  defineChoice('compose.sentSplit', ['none', 'month', 'quarter', 'year']),
  defineSwitch('compose.keepBeside', false),
] as const;
