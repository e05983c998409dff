// From a command line to its reply.
import { observeCommand } from '#server/metrics/timing.ts';
import { commands } from './commands/index.ts';
import { err, type Reply, replyTo } from './reply.ts';
import { isStillLoggedIn, type Session } from './session.ts';

const byName = new Map(commands.map((command) => [command.name, command]));

/** Runs one line (without its line end). Never throws. */
export async function execute(session: Session, line: string): Promise<Reply> {
  const space = line.indexOf(' ');
  const name = (space < 0 ? line : line.slice(0, space)).toUpperCase();
  const command = byName.get(name);
  if (!command) return err('This command is not known.');
  // PASS alone has an argument in which every space counts.
  const rest = space < 0 ? '' : line.slice(space + 1);
  const text = name === 'PASS' ? rest : rest.trim();
  const { maildrop } = session;
  const startedMs = performance.now();
  try {
    if (!(await isStillLoggedIn(session))) {
      return { ...err('This login has ended.', 'AUTH'), after: 'close' };
    }
    if (command.state === 'transaction') {
      return maildrop ? await command.run(session, text, maildrop) : err('Log in first.');
    }
    if (command.state === 'authorization' && maildrop) return err('You are logged in already.');
    return await command.run(session, text);
  } catch (error) {
    return replyTo(error);
  } finally {
    observeCommand('pop3', name, startedMs);
  }
}
