// What the rules of an account make of a message: pure, so that delivery, "test this rule" and "apply to this folder now"
// cannot differ.
//
// Of several rules that file the message the first one counts. What the checks of the server call junk stays in Junk,
// unless a rule says "wanted" or asks for spam itself; it is never forwarded.
import { readGlob } from '../mail/glob.ts';
import { type FilterMessage, foldText } from './message.ts';
import type { Action, Condition, Rule } from './rule.ts';

export type Outcome = {
  /** A folder by its name, or what it is for; null = where it would go without rules. */
  place: { folder: string } | { use: 'trash' | 'junk' } | null;
  /** More copies, in folders by name. */
  copies: string[];
  isRead: boolean;
  isFlagged: boolean;
  keywords: string[];
  forwards: string[];
  /** A forward is to be all there is. */
  isForwardOnly: boolean;
  /** Junk for the server, but not for its owner. */
  isWanted: boolean;
  /** Names of the rules that fitted, in their order. */
  rules: string[];
};

/** Keywords that other programs know too (IANA registry of IMAP keywords). */
export const junkKeyword = '$Junk';
export const wantedKeyword = '$NotJunk';

/** Runs rules in their order; disabled ones are left out. */
export function runRules(rules: readonly Rule[], message: FilterMessage): Outcome {
  const outcome: Outcome = {
    place: null,
    copies: [],
    isRead: false,
    isFlagged: false,
    keywords: [],
    forwards: [],
    isForwardOnly: false,
    isWanted: false,
    rules: [],
  };
  for (const rule of rules) {
    if (rule.isDisabled || !fitsRule(rule, message)) continue;
    const isJunk = message.isSpam && !outcome.isWanted && !asksForSpam(rule);
    outcome.rules.push(rule.name);
    for (const action of orderActions(rule.actions)) {
      applyAction(action, outcome, isJunk && !outcome.isWanted);
    }
    if (rule.isLast) break;
  }
  return outcome;
}

/** Whether a message fits a rule; one without conditions fits all. */
export function fitsRule(
  { conditions, match }: Pick<Rule, 'conditions' | 'match'>,
  message: FilterMessage,
): boolean {
  if (conditions.length === 0) return true;
  return match === 'any'
    ? conditions.some((condition) => fitsCondition(condition, message))
    : conditions.every((condition) => fitsCondition(condition, message));
}

/** "wanted" first: it says what the others of its rule may do. */
function orderActions(actions: Action[]): Action[] {
  return [...actions].sort(
    (one, other) => Number(other.do === 'wanted') - Number(one.do === 'wanted'),
  );
}

function asksForSpam({ conditions }: Rule): boolean {
  return conditions.some((condition) => condition.field === 'spam' && !condition.isNot);
}

function applyAction(action: Action, outcome: Outcome, isJunk: boolean): void {
  const file = (place: NonNullable<Outcome['place']>) => {
    outcome.place ??= place;
  };
  const note = (word: string) => {
    if (!outcome.keywords.includes(word)) outcome.keywords.push(word);
  };
  switch (action.do) {
    case 'move':
      if (!isJunk) file({ folder: action.folder });
      break;
    case 'copy':
      if (!isJunk && !outcome.copies.includes(action.folder)) outcome.copies.push(action.folder);
      break;
    case 'label':
      note(action.keyword);
      break;
    case 'flag':
      outcome.isFlagged = true;
      break;
    case 'read':
      outcome.isRead = true;
      break;
    case 'trash':
      file({ use: 'trash' });
      break;
    case 'junk':
      file({ use: 'junk' });
      note(junkKeyword);
      break;
    case 'wanted':
      outcome.isWanted = true;
      note(wantedKeyword);
      break;
    case 'forward':
      if (isJunk) break;
      if (!outcome.forwards.includes(action.address)) outcome.forwards.push(action.address);
      if (!action.isKept) outcome.isForwardOnly = true;
      break;
  }
}

function fitsCondition(condition: Condition, message: FilterMessage): boolean {
  switch (condition.field) {
    case 'size': {
      const bytes = condition.kilobytes * 1024;
      return condition.test === 'over' ? message.sizeBytes > bytes : message.sizeBytes < bytes;
    }
    case 'attachment':
      return message.hasAttachments !== condition.isNot;
    case 'contact':
      return message.isContact !== condition.isNot;
    case 'spam':
      return message.isSpam !== condition.isNot;
    default: {
      const fits = readTest(condition.test, foldText(condition.value));
      return listValues(condition, message).some(fits) !== condition.isNot;
    }
  }
}

type TextCondition = Extract<Condition, { value: string }>;

function listValues({ field, name }: TextCondition, message: FilterMessage): string[] {
  switch (field) {
    case 'recipient':
      return [...message.to, ...message.cc];
    case 'header':
      return message.header((name ?? '').toLowerCase());
    case 'body':
      return [message.body];
    default:
      return message[field];
  }
}

/** What the values are held against. No pattern makes it slow: people choose these, and strangers the texts. */
function readTest(test: TextCondition['test'], wanted: string): (text: string) => boolean {
  switch (test) {
    case 'contains':
      return (text) => text.includes(wanted);
    case 'is':
      return (text) => text === wanted;
    case 'starts':
      return (text) => text.startsWith(wanted);
    case 'ends':
      return (text) => text.endsWith(wanted);
    case 'matches':
      return readGlob(wanted).isFit;
  }
}
