// What becomes of a message that is opened.
import { defineAmount, defineChoice, defineSwitch } from './choice.ts';

export const readingPreferences = [
  defineChoice('reading.format', ['html', 'text']),
  /** "trusted": senders one trusts; "contacts": those and everybody in the address book */
  defineChoice('reading.images', ['trusted', 'never', 'contacts', 'always']),
  defineChoice('reading.markRead', ['now', 'after', 'never']),
  /** For "after" */
  defineAmount('reading.markReadSeconds', { min: 1, max: 60, value: 3 }),
  defineChoice('reading.afterDelete', ['next', 'previous', 'list']),
  /** What a sender is told who asks for a receipt (RFC 8098) */
  defineChoice('reading.receipts', ['ask', 'never', 'contacts', 'always']),
  defineChoice('reading.headers', ['short', 'more', 'all']),
  /** Characters of a line of plain text; 0 = as wide as there is room */
  defineAmount('reading.wrap', { min: 0, max: 200, value: 0 }),
  defineChoice('reading.textFont', ['default', 'mono']),
  defineSwitch('reading.darkMessages', true),
  /** Links go where they lead without the detour over a counter of clicks */
  defineSwitch('reading.unwrapLinks', false),
] as const;
