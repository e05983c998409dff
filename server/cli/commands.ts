// Every command of `npx drey`, in the order of its help: the first words of a file's commands, and the file. A new one
// is a file and a line here. Only what is called is loaded: all of them take longer than most commands.
import type { CommandDefinition } from './command.ts';

const files: [words: string, load: () => Promise<CommandDefinition[]>][] = [
  ['setup setup-link domain', async () => (await import('./accounts.ts')).accountCommands],
  ['user', async () => (await import('./users.ts')).userCommands],
  ['user', async () => (await import('./user-defaults.ts')).userDefaultsCommands],
  ['user', async () => (await import('./passwords.ts')).passwordCommands],
  ['user', async () => (await import('./roles.ts')).roleCommands],
  ['alias network', async () => (await import('./addresses.ts')).addressCommands],
  ['dns', async () => (await import('./dns.ts')).dnsCommands],
  ['dkim', async () => (await import('./dkim.ts')).dkimCommands],
  ['domain', async () => (await import('./footer.ts')).footerCommands],
  ['blocked', async () => (await import('./blocked.ts')).blockedCommands],
  ['rule rewrite import-map', async () => (await import('./policy.ts')).policyCommands],
  ['user', async () => (await import('./pop3.ts')).pop3Commands],
  ['user', async () => (await import('./sign-in.ts')).signInCommands],
  ['user', async () => (await import('./sending.ts')).sendingCommands],
  ['user', async () => (await import('./filters.ts')).filterCommands],
  ['shared', async () => (await import('./shared.ts')).sharedCommands],
  ['directory', async () => (await import('./directory.ts')).directoryCommands],
  ['settings', async () => (await import('./server.ts')).settingsCommands],
  ['route', async () => (await import('./route.ts')).routeCommands],
  ['queue', async () => (await import('./queue.ts')).queueCommands],
  ['listeners', async () => (await import('./listeners.ts')).listenerCommands],
  ['config plan apply', async () => (await import('./configuration.ts')).configurationCommands],
  ['events', async () => (await import('./events.ts')).eventCommands],
  ['explain checks', async () => (await import('./explain.ts')).explainCommands],
  ['relay-test', async () => (await import('./relay-test.ts')).relayTestCommands],
  ['tls-policy', async () => (await import('./tls-policy.ts')).tlsPolicyCommands],
  ['certificates', async () => (await import('./certificates.ts')).certificateCommands],
  ['dmarc tls-reports', async () => (await import('./reports.ts')).reportCommands],
  ['import export', async () => (await import('./transfer.ts')).transferCommands],
  ['squirrelmail', async () => (await import('./squirrelmail.ts')).squirrelmailCommands],
  ['deleted', async () => (await import('./deleted.ts')).deletedCommands],
  ['tokens', async () => (await import('./tokens.ts')).tokenCommands],
  ['webhooks', async () => (await import('./webhooks.ts')).webhookCommands],
  ['check', async () => (await import('./check.ts')).checkCommands],
  ['health', async () => (await import('./health.ts')).healthCommands],
  ['jobs', async () => (await import('./jobs.ts')).jobCommands],
  ['doctor', async () => (await import('./doctor.ts')).doctorCommands],
  ['backup restore', async () => (await import('./backup.ts')).backupCommands],
  [
    'completion complete',
    async () => (await import('./completion.ts')).completionCommands(loadCommands),
  ],
];

/** The commands that begin with `word`; all of them where there is none such, or no word. */
export async function loadCommands(word = ''): Promise<CommandDefinition[]> {
  const named = files.filter(([words]) => words.split(' ').includes(word));
  const found = named.length > 0 ? named : files;
  return (await Promise.all(found.map(([, load]) => load()))).flat();
}
