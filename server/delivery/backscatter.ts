// Who may be written to about a mail that failed. Anybody can write any sender into an envelope, and a report to
// whom it was stolen from is mail nobody asked for (backscatter). What users and trusted networks hand in may be
// reported; of a stranger's mail, which waits here only because an alias leads outside or because somebody
// held it, the sender must have been proven by SPF (RFC 7208), the one proof of an envelope.

/** The stamp of this server, which only mail of strangers has (smtp/checks/authenticity.ts). */
const stamp = /(?:^|\r\n)Authentication-Results: .*(?:\r\n[ \t].*)*/;
/** A result stands behind the end of the one before; names and comments of others are quoted. */
const spfResult = /;\r\n[ \t]+spf=([a-z]+)/;

/** `prefix`: the trace header that this server wrote before the message. */
export function isSenderProven(message: { accountId: string | null; prefix: Uint8Array }): boolean {
  if (message.accountId !== null) return true;
  const found = stamp.exec(Buffer.from(message.prefix).toString('latin1'));
  return !found || spfResult.exec(found[0])?.[1] === 'pass';
}
