// What becomes of a user's mail: the programs that may fetch it, where it is sent on, what is answered while the user is away.
import { Section } from '#components/ui/page-header.tsx';
import type { Account } from '#lib/accounts/account.ts';
import { readPop3Choice } from '#lib/accounts/pop3-choice.ts';
import type { Rule } from '#lib/filters/rule.ts';
import { listRules } from '#lib/filters/rules.ts';
import { readVacation } from '#lib/filters/vacation.ts';
import type { Settings } from '#lib/settings/index.ts';
import { toPop3Texts } from '../../../../pop3-fields.ts';
import { type ForwardRule, ForwardSection, VacationSection } from './mail-section.tsx';
import { ProgramSection } from './program-section.tsx';

export async function UserMail({
  account: { id, closedProtocols },
  settings,
}: {
  account: Account;
  settings: Settings;
}) {
  const [pop3, rules, vacation] = await Promise.all([
    readPop3Choice(id),
    listRules(id),
    readVacation(id),
  ]);
  return (
    <>
      <Section
        title="Mail programs"
        description="The webmail is open whatever is chosen here. Closing a protocol ends the user's sessions; what POP3 does, the user may choose in the options too."
      >
        <ProgramSection
          id={id}
          closed={closedProtocols}
          pop3={toPop3Texts(pop3)}
          serverPop3={describeServerPop3(settings)}
        />
      </Section>
      <Section
        title="Forwarding"
        description="Rules of the user that send mail on. The user is told of what is changed here."
      >
        <ForwardSection id={id} rules={listForwards(rules)} />
      </Section>
      <Section title="Answer while away" description="What people who write are told, once a week.">
        <VacationSection
          id={id}
          vacation={{
            isOn: vacation.isOn,
            subject: vacation.subject,
            text: vacation.text,
            endsOn: vacation.endsAt?.toISOString().slice(0, 10) ?? '',
          }}
        />
      </Section>
    </>
  );
}

const deletions = { remove: 'remove', trash: 'to Trash', archive: 'to Archive' };

/** What POP3 does for who has chosen nothing, in words. */
function describeServerPop3(settings: Settings) {
  return {
    folders: settings['pop3.folders'].join(', '),
    deletion: deletions[settings['pop3.deletion']],
    marksSeen: settings['pop3.marksSeen'] ? 'read' : 'unread',
  };
}

/** The rules that send mail on. */
function listForwards(rules: Rule[]): ForwardRule[] {
  return rules.flatMap(({ id, name, conditions, actions, isDisabled }) => {
    const forwards = actions.filter((action) => action.do === 'forward');
    if (forwards.length === 0) return [];
    const isKept = forwards.every((forward) => forward.isKept);
    const addresses = forwards.map(({ address }) => address);
    return [{ id, name, addresses, isKept, isConditional: conditions.length > 0, isDisabled }];
  });
}
