// One structured log on standard output, one JSON object a line. Never a secret, never a body: the
// redaction list is a second wall, not a licence.
import pino from 'pino';

export const log = pino({
  level: process.env.DREY_LOG_LEVEL || 'info',
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  // Under both names: pino by itself writes an Error under any other key than "err" as {}.
  serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
  formatters: { level: (label) => ({ level: label }) },
  redact: {
    paths: ['password', 'secret', 'token', '*.password', '*.secret', '*.token', '*.passwordHash'],
    censor: '[hidden]',
  },
});

/** A logger whose lines name the part of the system that writes them. */
export function logOf(part: string): pino.Logger {
  return log.child({ part });
}
