// How long a thread may work: by what it has had of the processor, because on a busy machine the clock says nothing of how
// hard its work is. The clock counts too, much later, so that nobody waits for ever.
import type { Worker } from 'node:worker_threads';

/** So many times the limit may go by. */
const patience = 12;
const shortestMs = 50;

/** Calls `giveUp` when the thread has worked for `limitMs`. The result ends that. */
export function limitThread(worker: Worker, limitMs: number, giveUp: () => void): () => void {
  const look = async () => {
    const { user, system } = await worker.cpuUsage();
    const leftMs = limitMs - (user + system) / 1000;
    if (isOver) return;
    if (leftMs <= 0) giveUp();
    else timer = setTimeout(lookAgain, Math.max(leftMs, shortestMs));
  };
  // One that ends meanwhile says so itself.
  const lookAgain = () => void look().catch(() => {});
  let isOver = false;
  let timer = setTimeout(lookAgain, limitMs);
  const last = setTimeout(giveUp, patience * limitMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
    clearTimeout(last);
  };
}
