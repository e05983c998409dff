// What is said of a message that nobody could take apart in time: its header as it came, what its first lines
// tell, and the rest as one part without a name for it. The octets themselves are not touched by this.
import { computeFacts, type MessageFacts } from './facts.ts';
import { findHeaderEnd, MAX_HEADER_BYTES } from './header.ts';
import type { Part } from './mime.ts';
import { renderBody, renderBodyStructure } from './structure.ts';

/** Of the header so much is looked at: no 16 KB cost more than some milliseconds. */
const maxReadBytes = 16 * 1024;
const lf = 10;

/** Bytes from the start of a message in which its header ends. */
export const headBytes = MAX_HEADER_BYTES + 2;

/** Facts of a message of `sizeBytes`, of whose start `head` (up to `headBytes`) is at hand. */
export function minimalFacts(head: Buffer, sizeBytes: number): MessageFacts {
  const bodyStart = findHeaderEnd(head, 0, head.length);
  const header = Buffer.from(head.subarray(0, bodyStart));
  const parts: Part = {
    path: '1',
    type: 'application',
    subtype: 'octet-stream',
    parameters: {},
    id: null,
    description: null,
    encoding: '8bit',
    disposition: null,
    dispositionParameters: {},
    md5: null,
    language: [],
    location: null,
    headerStart: 0,
    headerEnd: bodyStart,
    bodyStart,
    bodyEnd: Math.max(bodyStart, sizeBytes),
    lines: 0,
    children: [],
  };
  return {
    ...computeFacts(cutHeader(header)),
    header,
    parts,
    bodyStructure: renderBodyStructure(parts),
    body: renderBody(parts),
    preview: '',
    bodyText: '',
    hasAttachments: true,
    // Nobody has seen its end.
    isInLineForm: false,
  };
}

/** The first whole lines, and the empty line behind them. */
function cutHeader(header: Buffer): Buffer {
  if (header.length <= maxReadBytes) return header;
  const end = header.lastIndexOf(lf, maxReadBytes - 1) + 1;
  return Buffer.concat([header.subarray(0, end), Buffer.from('\r\n')]);
}
