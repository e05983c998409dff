// {ARGON2ID} and {ARGON2I} with foreign parameters (RFC 9106; PHC strings). Computed natively off the event loop.
import { verify } from '@node-rs/argon2';
import type { Scheme } from './scheme.ts';

/** 256 MiB; passes and lanes as far as anybody uses them. */
const mostKib = 262_144;
const mostPasses = 16;
/** Passes times memory: a second. */
const mostWork = 1_048_576;

const shape =
  /^\$argon2(?:id|i)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}$/;

export const argon2: Scheme = {
  names: ['ARGON2ID', 'ARGON2I'],
  isSlow: false,
  accepts(body) {
    const [memory = 0, passes = 0, lanes = 0] = shape.exec(body)?.slice(1).map(Number) ?? [];
    if (memory < 8 || passes < 1 || lanes < 1 || lanes > 16) return false;
    return memory <= mostKib && passes <= mostPasses && memory * passes <= mostWork;
  },
  verify: (body, password) => verify(body, password).catch(() => false),
};
