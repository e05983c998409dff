// What a command of `npx drey` is: words, arguments, options and a function from them to a result. The
// result is data; one place prints it, as a table or as JSON.
import type { Permission } from '#lib/accounts/permission.ts';
import type { Staff } from '#lib/accounts/staff.ts';

export type Row = Record<string, unknown>;

/** Rows become a table, a text one line; null says nothing. `rows` is what --json prints. */
export type Result =
  /** `empty` is said in the place of a table without rows. */
  | { rows: Row[]; columns: string[]; empty?: string }
  | { text: string; row?: Row }
  /** The command has printed by itself, as it went; `code` is the exit code. */
  | { code: 0 | 1 | 3 }
  | null;

export type Option = {
  /** "--comment <text>" */
  flags: string;
  help: string;
};

export type CommandDefinition = {
  /** "user add" */
  name: string;
  /** Who else may run it with --as, in own domains; without, super admins alone. */
  permission?: Permission;
  /** "<address>", "[search]", "<targets...>" in order */
  arguments: string[];
  options: Option[];
  help: string;
  /** What to know when it is ended by a signal on its way: of commands that take long. */
  stopped?: string;
  run(input: Input): Promise<Result>;
};

export type Input = {
  /** Arguments in order; a variadic one is an array of strings. */
  arguments: (string | string[] | undefined)[];
  options: Record<string, string | boolean | undefined>;
  /** Of --as (staff.ts) */
  staff?: Staff;
};

/** Who the trail names for a change made on the command line. */
export const by = `cli:${process.env.USER || process.env.LOGNAME || 'unknown'}`;

/** The argument at `index` as text. */
export function textAt(input: Input, index: number): string {
  const value = input.arguments[index];
  return Array.isArray(value) ? value.join(' ') : (value ?? '');
}

/** The option as text, or undefined where it was not given. */
export function optionText(input: Input, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}
