// What every check by an outside scanner does alike: what happens when there is no answer.
import type { Settings } from '#lib/settings/index.ts';
import { ScannerTrouble } from '../../content/scanner-socket.ts';
import { passed, refuse, type Verdict } from '../../verdict.ts';

/** What the scanner says, or what the setting says where it cannot be reached. */
export async function scanOr(
  trouble: Settings['content.milterTrouble'],
  name: string,
  scan: () => Promise<Verdict>,
): Promise<Verdict> {
  try {
    return await scan();
  } catch (error) {
    if (!(error instanceof ScannerTrouble)) throw error;
    const note = `${name}: ${error.message}`;
    if (trouble === 'accept') return passed(note);
    const text = 'The message could not be checked, try again later';
    return refuse('scanner-later', text, note);
  }
}
