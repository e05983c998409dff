// `npx drey …`: the admin panel's operations for a terminal. It talks to the database, so it works whether
// the server runs or not; a running server notices each change.
// Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 128 and more ended by a signal.
import './quiet.ts';
import { Command, CommanderError } from 'commander';
import { closeDatabase } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openData, StartError } from '../data-folder.ts';
import { accountCommands } from './accounts.ts';
import { addressCommands } from './addresses.ts';
import { backupCommands } from './backup.ts';
import { blockedCommands } from './blocked.ts';
import { checkCommands } from './check.ts';
import type { CommandDefinition } from './command.ts';
import { completionCommands } from './completion.ts';
import { deletedCommands } from './deleted.ts';
import { directoryCommands } from './directory.ts';
import { dkimCommands } from './dkim.ts';
import { eventCommands } from './events.ts';
import { explainCommands } from './explain.ts';
import { filterCommands } from './filters.ts';
import { policyCommands } from './policy.ts';
import { pop3Commands } from './pop3.ts';
import { printResult } from './print.ts';
import { relayTestCommands } from './relay-test.ts';
import { reportCommands } from './reports.ts';
import { sendingCommands } from './sending.ts';
import { serverCommands } from './server.ts';
import { sharedCommands } from './shared.ts';
import { signInCommands } from './sign-in.ts';
import { squirrelmailCommands } from './squirrelmail.ts';
import { stopOnSignals } from './stop.ts';
import { tlsPolicyCommands } from './tls-policy.ts';
import { transferCommands } from './transfer.ts';

const commands: CommandDefinition[] = [
  ...accountCommands,
  ...addressCommands,
  ...dkimCommands,
  ...blockedCommands,
  ...policyCommands,
  ...pop3Commands,
  ...signInCommands,
  ...sendingCommands,
  ...filterCommands,
  ...sharedCommands,
  ...directoryCommands,
  ...serverCommands,
  ...eventCommands,
  ...explainCommands,
  ...relayTestCommands,
  ...tlsPolicyCommands,
  ...reportCommands,
  ...transferCommands,
  ...squirrelmailCommands,
  ...deletedCommands,
  ...checkCommands,
  ...backupCommands,
  ...completionCommands(() => commands),
];

const groupHelp: Record<string, string> = {
  domain: 'domains this server receives mail for',
  dkim: 'keys that sign the mail of a domain (DKIM)',
  user: 'users',
  deleted: 'deleted messages that can be restored',
  alias: 'aliases, wildcards and catch-alls',
  rule: 'access rules (check_*_access, header_checks)',
  rewrite: 'rewriting of addresses (canonical maps)',
  shared: 'mailboxes that several users open',
  settings: 'settings, as on the admin pages',
  network: 'trusted networks (mynetworks)',
  blocked: 'who may not sign in for a while',
  route: 'relay rules (transport, relayhost)',
  queue: 'waiting mail',
  dmarc: 'what others report of mail in our name',
};

function buildProgram(): Command {
  const program = new Command('drey')
    .description('Administer Drey. Every command takes --json.')
    .exitOverride()
    // Options behind a word are that word's: "backup <folder>" and "backup list" both have --json.
    .enablePositionalOptions()
    .showHelpAfterError('(drey --help lists the commands)');
  const groups = new Map<string, Command>();
  for (const definition of commands) {
    const [first = '', second] = definition.name.split(' ');
    const parent = second ? findGroup(program, groups, first) : program;
    const command = addCommand(parent, second ?? first, definition);
    // A command may be a group too: "backup <folder>", "backup list".
    if (!second) groups.set(first, command.enablePositionalOptions());
  }
  return program;
}

function findGroup(program: Command, groups: Map<string, Command>, name: string): Command {
  const known = groups.get(name);
  if (known) return known;
  const group = program
    .command(name)
    .description(groupHelp[name] ?? '')
    .exitOverride();
  groups.set(name, group);
  return group;
}

function addCommand(parent: Command, word: string, definition: CommandDefinition): Command {
  const command = parent.command(word).description(definition.help).exitOverride();
  for (const argument of definition.arguments) command.argument(argument);
  for (const option of definition.options) command.option(option.flags, option.help);
  command.option('--json', 'print JSON');
  command.action(async (...given: unknown[]) => {
    const options = command.opts<Record<string, string | boolean | undefined>>();
    stopOnSignals(definition.stopped);
    const values = given.slice(0, definition.arguments.length) as (string | string[] | undefined)[];
    printResult(await definition.run({ arguments: values, options }), options.json === true);
  });
  return command;
}

/** Runs the command line; returns the exit code. */
async function runCli(words: string[]): Promise<number> {
  try {
    // What is half restored is for a restore only to finish.
    await openData(words[0] === 'restore' && !words.some((word) => word.startsWith('--user')));
    await buildProgram().parseAsync(words, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const isExpected = isRefusal(error) || error instanceof StartError;
    const text = isExpected ? error.message : ((error as Error).stack ?? String(error));
    if (words.includes('--json')) {
      const reason = isRefusal(error) ? error.reason : 'failed';
      process.stdout.write(
        `${JSON.stringify({ ok: false, reason, text: (error as Error).message })}\n`,
      );
    }
    process.stderr.write(`${text}\n`);
    return 1;
  } finally {
    await flushTrail();
    await closeDatabase();
  }
}

process.exitCode = await runCli(process.argv.slice(2));
