// How the two processes are kept small at rest (goal: 350 MB together). Each was measured with
// `npm run bench -- start`; without them both together weigh a third more.

/** A small young generation: the memory it saves is worth more here than the few extra collections. */
const youngGeneration = '--max-semi-space-size=2';

/** The daemon keeps the optimising compilers: it works for every message. */
export const daemonFlags = ['--disable-warning=ExperimentalWarning', youngGeneration];

/** The web app answers people, who are slow: code for size, database queries by the baseline compiler. */
export const webFlags = [...daemonFlags, '--optimize-for-size', '--no-wasm-tier-up'];

/** glibc keeps an arena a thread and gives little back; one arena that trims itself is enough here. */
export const allocatorEnv = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' };
