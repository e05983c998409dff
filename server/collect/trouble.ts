// Why nothing could be collected, in words for the person whose account it is; everything else is a bug of ours.

/** `message` is shown to the owner of the collection: never a secret, never what the other server made up. */
export class CollectTrouble extends Error {}

/** What a program on the wire said, as text that can be shown: one line of printable ASCII. */
export function quoteReply(text: string): string {
  return text
    .replace(/[^ -~]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 150);
}
