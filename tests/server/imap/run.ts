// The long forms of IMAP's tests, by hand:
//   npm run test:imap -- stress [minutes] [first seed]
//   npm run test:imap -- transcripts dovecot [name …]
//   npm run test:imap -- transcripts host port user password [name …]
//   npm run test:imap -- fuzz [rounds] [first seed]
import { fuzz, readClientLines } from './fuzz-transcripts.ts';
import { runLongStress } from './stress-long.ts';
import { playElsewhere } from './transcripts-elsewhere.ts';

const [what = '', ...args] = process.argv.slice(2);

const forms: Record<string, () => Promise<void>> = {
  stress: () => runLongStress(Number(args[0] ?? 10), Number(args[1] ?? 1)),
  fuzz: async () => {
    const count = fuzz(readClientLines(), Number(args[0] ?? 100_000), Number(args[1] ?? 1));
    process.stdout.write(`fuzz: ${count.commands} commands, ${count.failures} refused, no throw\n`);
  },
  transcripts: () => playElsewhere(args),
};

const form = forms[what];
if (!form) throw new Error(`Say one of: ${Object.keys(forms).join(', ')}`);
await form();
