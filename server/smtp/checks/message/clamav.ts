// Viruses, as a ClamAV daemon knows them. Everybody's mail: a user's machine may be ill.
import { askClamav } from '../../content/clamav.ts';
import { readScannerAddress } from '../../content/scanner-socket.ts';
import { readChunks } from '../../content/staged-chunks.ts';
import { passed, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';
import { scanOr } from './scanned.ts';

export const clamav: Check<'data'> = {
  name: 'clamav',
  title: 'Virus scanner (ClamAV)',
  isOn: (settings) => settings['content.clamav'] !== '',
  settings: [
    'content.clamav',
    'content.clamavFound',
    'content.clamavTrouble',
    'content.scanSeconds',
    'content.scanBytes',
  ],
  async run({ settings, body }) {
    if (body.sizeBytes > settings['content.scanBytes']) return passed('too large to scan');
    const address = readScannerAddress(settings['content.clamav']);
    const timeoutMs = settings['content.scanSeconds'] * 1000;
    return scanOr(settings['content.clamavTrouble'], 'ClamAV', async () => {
      const virus = await askClamav(address, readChunks(body), timeoutMs);
      if (virus === null) return passed('clean');
      const outcome = settings['content.clamavFound'];
      if (outcome !== 'refuse') return { outcome, reason: 'virus', note: virus };
      return refuse('virus', `The message has a virus in it (${virus})`, virus);
    });
  },
};
