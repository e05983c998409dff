// What an action on many rows of a list is for, as the browser says it: ids, or the parameters of the page.
import { z } from 'zod';

export const wantedSchema = z.union([
  z.object({ ids: z.array(z.string().min(1).max(64)).min(1).max(500) }),
  z.object({ filter: z.record(z.string().max(20), z.string().max(300)) }),
]);
