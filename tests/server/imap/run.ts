// The long forms of IMAP's tests, by hand:
//   npm run test:imap -- stress [minutes] [first seed]
import { runLongStress } from './stress-long.ts';

const [what = '', first, second] = process.argv.slice(2);

const forms: Record<string, () => Promise<void>> = {
  stress: () => runLongStress(Number(first ?? 10), Number(second ?? 1)),
};

const form = forms[what];
if (!form) throw new Error(`Say one of: ${Object.keys(forms).join(', ')}`);
await form();
