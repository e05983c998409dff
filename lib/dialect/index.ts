// The SQL that differs between the two databases, and nothing else does: both files export the same names.
// Which one it is stays fixed for the life of the process, as in db.ts.
import { isPostgresql } from '../env.ts';
import * as postgresql from './postgresql.ts';
import * as sqlite from './sqlite.ts';

const dialect: typeof sqlite = isPostgresql() ? postgresql : sqlite;

export const {
  announce,
  containsText,
  domainPart,
  describeVersion,
  buildTextIndex,
  holdName,
  integrityQueries,
  lockRows,
  matchText,
  measureClock,
  measureDatabase,
  textIndexFiles,
  watchCommits,
  writeAheadLog,
} = dialect;
