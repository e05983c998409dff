// What `db` and `tx` (lib/db.ts) are: tagged SQL goes straight to the connection; whatever is asked of a model goes to
// Prisma's client, which takes some five times as long.
import type { DirectConnection, TaggedSql } from './sqlite-adapter.ts';
import { refuseFault } from './storage-failure.ts';

type MakeSql = (strings: TemplateStringsArray, ...values: unknown[]) => TaggedSql;
type Run = (tagged: TemplateStringsArray | TaggedSql, ...values: unknown[]) => Promise<unknown>;
export type Direct = { $queryRaw: Run; $executeRaw: Run };

/** Tagged SQL on the connection. `makeSql`: Prisma's tag. */
export function makeDirect(connection: DirectConnection, makeSql: MakeSql): Direct {
  const toStatement = (tagged: TemplateStringsArray | TaggedSql, values: unknown[]) =>
    'sql' in tagged ? tagged : makeSql(tagged, ...values);
  return {
    $queryRaw: async (tagged, ...values) => connection.query(toStatement(tagged, values)),
    $executeRaw: async (tagged, ...values) => connection.execute(toStatement(tagged, values)),
  };
}

/** The same for reading only; a read that fails because the storage does is a refusal. */
export function makeGuarded({ $queryRaw }: Direct): Pick<Direct, '$queryRaw'> {
  return {
    $queryRaw: async (...given) => {
      try {
        return await $queryRaw(...given);
      } catch (error) {
        throw refuseFault(error);
      }
    },
  };
}

/** `client` with its tagged SQL put on the connection. */
export function withDirect<T extends object>(client: T, direct: Direct): T {
  return new Proxy(client, {
    get: (target, property) => Reflect.get(property in direct ? direct : target, property),
  });
}

/** The same over a client that `open` makes at the first question which is no tagged SQL. */
export function withDirectOver<T extends object>(direct: Direct, open: () => Promise<T>): T {
  return new Proxy({} as T, {
    get: (_target, property) => Reflect.get(direct, property) ?? askLater(property, open),
  });
}

/** A property of a client that is not open yet: a function of its own ("$…"), or a model with functions. */
function askLater(property: string | symbol, open: () => Promise<object>): unknown {
  // Whoever awaits the client asks for "then".
  if (typeof property === 'symbol' || property === 'then') return undefined;
  if (property.startsWith('$')) {
    return async (...given: unknown[]) => call(await open(), property, given);
  }
  return new Proxy(
    {},
    {
      get:
        (_target, method) =>
        async (...given: unknown[]) =>
          call(Reflect.get(await open(), property), method, given),
    },
  );
}

function call(target: object, method: string | symbol, given: unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method), target, given);
}
