// The one Authentication-Results field of this server (RFC 8601 §2.2), made of the findings.
import { foldField } from '#lib/mail/header.ts';
import type { Findings } from './findings.ts';

/** Many signatures or long names make it longer than anybody reads. */
const maxLength = 8192;

/** The finished field with CRLF. What came with the message or out of the DNS is in it as mailauth quotes it. */
export function makeStamp({ rows }: Findings, hostname: string): string {
  const kept: string[] = [];
  let length = 0;
  for (const row of rows) {
    length += row.length;
    if (length <= maxLength) kept.push(row);
  }
  // A line or more each; only the separators are ours.
  const lines = kept.map((row) => foldField('A', row).slice('A:'.length, -'\r\n'.length));
  return `Authentication-Results: ${[hostname, ...lines].join(';\r\n')}\r\n`;
}
