// Which relay rule takes a mail: the first whose conditions all fit. The same look answers an attempt and the question
// "where would it go?". A rule that holds mail is passed by what somebody has released.
import { decryptSecret } from '#lib/accounts/secret.ts';
import { db, readOnceACommit } from '#lib/db.ts';
import { compilePatterns, type RelayCondition, relayConditions } from './relay-pattern.ts';
import { numberRows, type RelayRule, toRule } from './relay-rule.ts';

export type RelayMail = {
  /** Empty for the null sender. */
  sender: string;
  recipient: string;
  /** Address of the user who handed it in; empty where nobody did. */
  user: string;
  isLetGo: boolean;
};

/** A rule that takes a mail, with its password in clear; empty although `hasPassword` when the server's key changed. */
export type Relay = RelayRule & { password: string };

export type PassedRule = { rule: RelayRule; why: RelayCondition | 'released' };

export type RelayChooser = {
  /** Null = no rule takes it: through MX. */
  choose(mail: RelayMail): Relay | null;
  /** The rules that did not take it, up to the one that does. */
  listPassed(mail: RelayMail): PassedRule[];
};

const readRules = readOnceACommit(async () => {
  const rows = await db.relayRule.findMany({ orderBy: [{ position: 'asc' }, { id: 'asc' }] });
  return numberRows(rows).map((row) => {
    const rule = toRule(row);
    const tests = relayConditions.map((name) => [name, compilePatterns(rule[name], name)] as const);
    return {
      rule,
      secret: row.secret,
      findMismatch: (mail: RelayMail): PassedRule['why'] | null => {
        const failed = tests.find(([name, fits]) => !fits(mail[name]));
        return failed?.[0] ?? (rule.target === 'hold' && mail.isLetGo ? 'released' : null);
      },
    };
  });
});

/** The rules as they are now, for many mails by one read. */
export async function readRelayChooser(): Promise<RelayChooser> {
  const rules = await readRules();
  return {
    choose: (mail) => {
      const found = rules.find(({ findMismatch }) => findMismatch(mail) === null);
      if (!found) return null;
      return { ...found.rule, password: (found.secret && decryptSecret(found.secret)) || '' };
    },
    listPassed: (mail) => {
      const passed: PassedRule[] = [];
      for (const { rule, findMismatch } of rules) {
        const why = findMismatch(mail);
        if (why === null) break;
        passed.push({ rule, why });
      }
      return passed;
    },
  };
}
