// What a command is: one grammar and one effect, tied together in the list of commands/index.ts.
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import type { Progress } from '#server/store/progress.ts';
import type { Session, State } from '../session.ts';
import type { Cursor } from '../wire/cursor.ts';
import type { Ending } from '../wire/encode.ts';

/** Sends what was yielded so far, now (otherwise a reply is one write). */
export const flush = Symbol('flush');

/** Finished reply bytes: whole untagged lines, continuation requests, or `flush`. */
export type Output = string | readonly (string | Buffer)[] | typeof flush;

export type Replies = AsyncGenerator<Output, Ending>;

export type Context = {
  tag: string;
  /** The command came as "UID …". */
  isUid: boolean;
  /** Next line that is no command; null when the client is gone or the line is too long. */
  readLine(limitBytes: number): Promise<string | null>;
  /** Messages that came with the command (APPEND), in their order. */
  uploads: readonly StagedBody[];
  /** A command that knows how far it is says so here (RFC 9585). */
  progress: Progress;
};

export type Command<Args = unknown> = {
  name: string;
  /** States in which it may be used (RFC 3501 §6). */
  states: readonly State[];
  /** Exists as "UID name" too. */
  hasUidForm?: true;
  /** Its numbers must stay valid while it is answered: no EXPUNGE (RFC 3501 §7.4.1). */
  hidesExpunge?: true;
  /** Flags that others changed are told only behind it. */
  holdsFlagNews?: true;
  /** Looks into the journal even when nobody said that there is news. */
  asksForNews?: true;
  /** Reads everything behind the name. Throws Bad, or a Refusal. */
  parse(cursor: Cursor, isUid: boolean): Args;
  run(session: Session, args: Args, context: Context): Replies;
};

export const anyState: readonly State[] = ['not-authenticated', 'authenticated', 'selected'];
export const signedIn: readonly State[] = ['authenticated', 'selected'];
export const onlySelected: readonly State[] = ['selected'];

/** A command as the list holds it: the types of its arguments are its own affair. */
export function defineCommand<Args>(command: Command<Args>): Command {
  return command as unknown as Command;
}

/** For commands without arguments. */
export function parseNothing(cursor: Cursor): null {
  cursor.expectEnd();
  return null;
}
