// `npx drey …`: the admin panel's operations for a terminal. It talks to the database, so it works whether
// the server runs or not; a running server notices each change.
// Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 128 and more ended by a signal.
import './quiet.ts';
import { Command, CommanderError } from 'commander';
import { closeDatabase } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { runFrom } from '#lib/history/origin.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openData, StartError } from '../data-folder.ts';
import type { CommandDefinition } from './command.ts';
import { loadCommands } from './commands.ts';
import { printResult } from './print.ts';
import { runAs } from './staff.ts';
import { stopOnSignals } from './stop.ts';

const groupHelp: Record<string, string> = {
  domain: 'domains this server receives mail for',
  dns: 'the DNS records of a domain',
  dkim: 'keys that sign the mail of a domain (DKIM)',
  user: 'users',
  deleted: 'deleted messages that can be restored',
  alias: 'aliases, wildcards and catch-alls',
  rule: 'access rules (check_*_access, header_checks)',
  rewrite: 'rewriting of addresses (canonical maps)',
  shared: 'mailboxes that several users open',
  settings: 'settings, as on the admin pages',
  config: 'the history of the configuration, and the whole of it',
  network: 'trusted networks (mynetworks)',
  blocked: 'who may not sign in for a while',
  route: 'relay rules (transport, relayhost)',
  queue: 'waiting mail',
  dmarc: 'what others report of mail in our name',
  tokens: 'what programs show to the REST API',
  webhooks: 'programs that are told of events',
};

function buildProgram(commands: CommandDefinition[]): Command {
  const program = new Command('drey')
    .description('Administer Drey. Every command takes --json.')
    .exitOverride()
    // Options behind a word are that word's: "backup <folder>" and "backup list" both have --json.
    .enablePositionalOptions()
    .option('--as <address>', 'act with the role and the domains of this account', takeOnce)
    .option('--reason <text>', 'why, for the history of the configuration')
    .showHelpAfterError('(drey --help lists the commands)');
  const groups = new Map<string, Command>();
  for (const definition of commands) {
    const [first = '', second] = definition.name.split(' ');
    const parent = second ? findGroup(program, groups, first) : program;
    const command = addCommand(parent, second ?? first, definition, () => program.opts());
    // A command may be a group too: "backup <folder>", "backup list".
    if (!second) groups.set(first, command.enablePositionalOptions());
  }
  return program;
}

/** A rule of sudo that begins with it must not be overruled by what follows. Refusal 'invalid'. */
function takeOnce(address: string, before: string | undefined): string {
  if (before !== undefined) throw new Refusal('invalid', 'Say --as once.');
  return address;
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

function addCommand(
  parent: Command,
  word: string,
  definition: CommandDefinition,
  readGlobal: () => { as?: string; reason?: string },
): Command {
  const command = parent.command(word).description(definition.help).exitOverride();
  for (const argument of definition.arguments) command.argument(argument);
  for (const option of definition.options) command.option(option.flags, option.help);
  command.option('--json', 'print JSON');
  command.action(async (...given: unknown[]) => {
    const options = command.opts<Record<string, string | boolean | undefined>>();
    stopOnSignals(definition.stopped);
    const values = given.slice(0, definition.arguments.length) as (string | string[] | undefined)[];
    const { as = null, reason = options.reason ?? '' } = readGlobal();
    const result = await runFrom({ place: 'command line', reason: String(reason) }, () =>
      runAs(definition, { arguments: values, options }, as),
    );
    await printResult(result, options.json === true);
  });
  return command;
}

/** The first word of the command; '' where there is none, as where help is asked for before it. */
function findCommandWord(words: string[]): string {
  const [first = '', ...rest] = words;
  if (first === '--as' || first === '--reason') return findCommandWord(rest.slice(1));
  if (/^--(as|reason)=/.test(first)) return findCommandWord(rest);
  return first;
}

/** Runs the command line; returns the exit code. */
async function runCli(words: string[]): Promise<number> {
  try {
    // What is half restored is for a restore only to finish.
    await openData(words[0] === 'restore' && !words.some((word) => word.startsWith('--user')));
    const commands = await loadCommands(findCommandWord(words));
    await buildProgram(commands).parseAsync(words, { from: 'user' });
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
