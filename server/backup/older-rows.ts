// Rows of backups that an older version made, where more has changed than columns that came (those get the defaults of
// the database, write-rows.ts). Does what the migration did with the rows of that time.
import type { BackupRow } from './chunk.ts';

/** The rows as this version has them. */
export function renewRows(table: string, rows: BackupRow[]): BackupRow[] {
  return table === 'RelayRule' ? rows.map(renewRelayRule) : rows;
}

/** Until 0012_routing a rule looked at one thing, and each kind had an order of its own. */
function renewRelayRule(row: BackupRow): BackupRow {
  if (row.match === undefined) return row;
  const { match, pattern, host, port, tlsMode, position, ...kept } = row;
  const kind = ['recipient', 'sender', 'default'].indexOf(String(match));
  const name = String(host).includes(':') ? `[${host}]` : host;
  return {
    ...kept,
    position: kind * 1_000_000 + Number(position),
    recipient: match === 'recipient' ? pattern! : '',
    sender: match === 'sender' ? pattern! : '',
    target: host === '' ? 'mx' : 'hosts',
    hosts: host === '' ? '' : `${name}:${port}`,
    tlsMode: host === '' ? 'opportunistic' : tlsMode === 'required' ? 'verified' : tlsMode!,
  };
}
