// The parts of the configuration, in the order of a file and of what a file brings.
import type { Section } from './section.ts';
import { accessRulesSection } from './sections/access-rules.ts';
import { aliasesSection } from './sections/aliases.ts';
import { directorySection } from './sections/directory.ts';
import { domainsSection } from './sections/domains.ts';
import { membersSection } from './sections/members.ts';
import { networksSection } from './sections/networks.ts';
import { relayRulesSection } from './sections/relay-rules.ts';
import { rewritingSection } from './sections/rewriting.ts';
import { settingsSection } from './sections/settings.ts';
import { sharedMailboxesSection } from './sections/shared-mailboxes.ts';
import { userDefaultsSection } from './sections/user-defaults.ts';
import { usersSection } from './sections/users.ts';

export const sections: Section[] = [
  settingsSection,
  domainsSection,
  userDefaultsSection,
  usersSection,
  sharedMailboxesSection,
  membersSection,
  aliasesSection,
  directorySection,
  networksSection,
  accessRulesSection,
  rewritingSection,
  relayRulesSection,
];
