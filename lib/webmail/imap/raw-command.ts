// IMAP commands that imapflow has no method for (SORT, PREVIEW, a search with repeated keys). Values are
// typed tokens which its compiler quotes or sends as literals, so text from a person is never syntax.
import type { ImapFlow } from 'imapflow';

export type Token = { type: 'ATOM' | 'STRING' | 'SEQUENCE'; value: string } | Token[];

export type ResponseToken =
  | { type?: string; value?: string | Buffer | null }
  | ResponseToken[]
  | null;

type Untagged = { command: string; attributes?: ResponseToken[] };
type Executor = {
  exec(
    command: string,
    attributes: Token[],
    options: { untagged: Record<string, (response: Untagged) => Promise<void>> },
  ): Promise<{ next(): void }>;
};

export const atom = (value: string): Token => ({ type: 'ATOM', value });
export const string = (value: string): Token => ({ type: 'STRING', value });
export const sequence = (value: string): Token => ({ type: 'SEQUENCE', value });

/** Runs a command and hands each untagged response named `wanted` to `onResponse`. */
export async function runCommand(
  client: ImapFlow,
  command: string,
  attributes: Token[],
  wanted: string,
  onResponse: (attributes: ResponseToken[], command: string) => void,
): Promise<void> {
  const response = await (client as unknown as Executor).exec(command, attributes, {
    untagged: {
      [wanted]: async (untagged) => onResponse(untagged.attributes ?? [], untagged.command),
    },
  });
  response.next();
}

/** The text of a response token, or '' for NIL and lists. */
export function tokenText(token: ResponseToken | undefined): string {
  if (!token || Array.isArray(token)) return '';
  return token.value === null || token.value === undefined ? '' : token.value.toString();
}
