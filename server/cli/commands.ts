// Every command of `npx drey`, in the order of its help. A new one is a file and a line here.
import { accountCommands } from './accounts.ts';
import { addressCommands } from './addresses.ts';
import { backupCommands } from './backup.ts';
import { blockedCommands } from './blocked.ts';
import { certificateCommands } from './certificates.ts';
import { checkCommands } from './check.ts';
import type { CommandDefinition } from './command.ts';
import { completionCommands } from './completion.ts';
import { configurationCommands } from './configuration.ts';
import { deletedCommands } from './deleted.ts';
import { directoryCommands } from './directory.ts';
import { dkimCommands } from './dkim.ts';
import { dnsCommands } from './dns.ts';
import { doctorCommands } from './doctor.ts';
import { eventCommands } from './events.ts';
import { explainCommands } from './explain.ts';
import { filterCommands } from './filters.ts';
import { footerCommands } from './footer.ts';
import { healthCommands } from './health.ts';
import { jobCommands } from './jobs.ts';
import { listenerCommands } from './listeners.ts';
import { passwordCommands } from './passwords.ts';
import { policyCommands } from './policy.ts';
import { pop3Commands } from './pop3.ts';
import { relayTestCommands } from './relay-test.ts';
import { reportCommands } from './reports.ts';
import { roleCommands } from './roles.ts';
import { sendingCommands } from './sending.ts';
import { serverCommands } from './server.ts';
import { sharedCommands } from './shared.ts';
import { signInCommands } from './sign-in.ts';
import { squirrelmailCommands } from './squirrelmail.ts';
import { tlsPolicyCommands } from './tls-policy.ts';
import { tokenCommands } from './tokens.ts';
import { transferCommands } from './transfer.ts';
import { userDefaultsCommands } from './user-defaults.ts';
import { userCommands } from './users.ts';
import { webhookCommands } from './webhooks.ts';

export const commands: CommandDefinition[] = [
  ...accountCommands,
  ...userCommands,
  ...userDefaultsCommands,
  ...passwordCommands,
  ...roleCommands,
  ...addressCommands,
  ...dnsCommands,
  ...dkimCommands,
  ...footerCommands,
  ...blockedCommands,
  ...policyCommands,
  ...pop3Commands,
  ...signInCommands,
  ...sendingCommands,
  ...filterCommands,
  ...sharedCommands,
  ...directoryCommands,
  ...serverCommands,
  ...listenerCommands,
  ...configurationCommands,
  ...eventCommands,
  ...explainCommands,
  ...relayTestCommands,
  ...tlsPolicyCommands,
  ...certificateCommands,
  ...reportCommands,
  ...transferCommands,
  ...squirrelmailCommands,
  ...deletedCommands,
  ...tokenCommands,
  ...webhookCommands,
  ...checkCommands,
  ...healthCommands,
  ...jobCommands,
  ...doctorCommands,
  ...backupCommands,
  ...completionCommands(() => commands),
];
