// The dialogues that an administrator wants to read (setting log.debugPeers), line by line in the log: what is said, never
// a secret and never the text of mail.
import { logOf } from '#lib/log.ts';
import { isNamedHost } from './named-hosts.ts';

const log = logOf('dialogue');

/** Writes one line: "C" what the client says, "S" what the server says. */
export type Watch = (who: 'C' | 'S', line: string) => void;

/** Of the conversation with `address`; null where nobody wants to read it. */
export function watchPeer(peers: readonly string[], address: string): Watch | null {
  if (!isNamedHost(peers, address)) return null;
  return (who, line) => log.info({ peer: address, [who]: hideSecret(line) });
}

/** RFC 4954 §4: behind the mechanism stands a password. */
function hideSecret(line: string): string {
  return line.replace(/^(AUTH\s+\S+)\s.*$/is, '$1 [hidden]').slice(0, 1000);
}
