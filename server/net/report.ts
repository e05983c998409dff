// Keeps what became of the listeners as a finding, for the panel of any node and for the command line.
import { hostname } from 'node:os';
import { logOf } from '#lib/log.ts';
import { removeFinding, saveFinding } from '#lib/trail/finding.ts';
import { listListeners, onListenersChange } from './listeners.ts';
import type { Running } from './running.ts';

const log = logOf('net');
const id = `listeners ${hostname()}`;

/** Begins with what is open now; ends with the row. */
export async function startListenerReports(): Promise<Running> {
  let saving = Promise.resolve();
  const save = () => {
    saving = saving
      .then(saveNow)
      .catch((error) => log.warn({ err: error }, 'the state of the listeners is not kept'));
    return saving;
  };
  const end = onListenersChange(() => void save());
  await save();
  return {
    stop: async () => {
      end();
      await saving;
      await removeFinding(id);
    },
  };
}

async function saveNow(): Promise<void> {
  const states = await listListeners();
  const failures = states.flatMap((state) => state.failures);
  const isGood = failures.length === 0;
  const text = isGood ? 'Every listener is open.' : failures.map((one) => one.text).join(' ');
  await saveFinding({ id, isGood, text, detail: states });
}
