// Who fails to sign in, of the event trail: by protocol and by network. Attacks come from many addresses of few networks, so those
// are put together: an IPv4 /24, an IPv6 /48. Of one client the trail keeps the first of each minute alone (flood.ts).
import { db } from '../db.ts';
import { limitKey, networkAround, plainAddress } from './network.ts';

export type FailedNetwork = {
  /** "203.0.113.0/24"; where all came from one address, that */
  name: string;
  /** Finds its events: what all its addresses begin with */
  search: string;
  addresses: number;
  failures: number;
  /** Most failures first */
  protocols: Share[];
};
export type Share = { name: string; failures: number };

export type FailedSignIns = {
  failures: number;
  /** There were more: these are the last of them. */
  isCut: boolean;
  protocols: Share[];
  /** The worst, most failures first */
  networks: FailedNetwork[];
};

/** Rows of the trail that one look reads at most: of a million events it takes a tenth of a second. */
const mostRead = 20_000;
const mostNetworks = 10;

type Row = { remote: string; protocol: string; failures: number | bigint };

/** The failures since then. */
export async function readFailedSignIns(since: Date): Promise<FailedSignIns> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT "remote", "text" AS "protocol", COUNT(*) AS "failures" FROM (
      SELECT "remote", "text" FROM "TrailEvent"
      WHERE "kind" = 'login-failed' AND "at" >= ${since} ORDER BY "at" DESC LIMIT ${mostRead}
    ) AS "last" GROUP BY "remote", "text"`;
  const counted = rows.map(({ remote, protocol, failures }) => {
    return { remote: plainAddress(remote), protocol, failures: Number(failures) };
  });
  const networks = [...Map.groupBy(counted, ({ remote }) => networkAround(remote))];
  const failures = sum(counted);
  return {
    failures,
    isCut: failures >= mostRead,
    protocols: shareOut(counted),
    networks: networks
      .map(([name, some]) => toNetwork(name, some))
      .sort((one, other) => other.failures - one.failures || (one.name < other.name ? -1 : 1))
      .slice(0, mostNetworks),
  };
}

type Counted = { remote: string; protocol: string; failures: number };

function toNetwork(name: string, rows: Counted[]): FailedNetwork {
  // One customer has a /64.
  const clients = new Set(rows.map(({ remote }) => limitKey(remote)));
  const addresses = new Set(rows.map(({ remote }) => remote));
  const [only = ''] = addresses;
  return {
    name: addresses.size === 1 ? only : name,
    search: findStart([...addresses]),
    addresses: clients.size,
    failures: sum(rows),
    protocols: shareOut(rows),
  };
}

/** What all begin with, as they are written. */
function findStart([first = '', ...others]: string[]): string {
  return others.reduce((start, other) => {
    let same = 0;
    while (same < start.length && start[same] === other[same]) same++;
    return start.slice(0, same);
  }, first);
}

function shareOut(rows: Counted[]): Share[] {
  return [...Map.groupBy(rows, ({ protocol }) => protocol)]
    .map(([name, some]) => ({ name, failures: sum(some) }))
    .sort((one, other) => other.failures - one.failures || (one.name < other.name ? -1 : 1));
}

function sum(rows: { failures: number }[]): number {
  return rows.reduce((total, { failures }) => total + failures, 0);
}
