// No table and no column of the schema is forgotten by backups.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import {
  accountTables,
  type ColumnKind,
  otherTables,
  serverTables,
} from '#server/backup/tables.ts';

const schema = readFileSync(
  join(import.meta.dirname, '..', '..', '..', 'prisma', 'schema.prisma'),
  'utf8',
);
const kinds: Record<string, ColumnKind> = {
  String: 'text',
  Int: 'number',
  BigInt: 'number',
  Boolean: 'flag',
  DateTime: 'date',
  Bytes: 'bytes',
};

type Model = { name: string; columns: Record<string, ColumnKind>; key: string[] };

function readModels(): Model[] {
  return [...schema.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, name = '', text = '']) => {
    const fields = [...text.matchAll(/^ {2}(\w+) +(\w+)\??(.*)$/gm)];
    const columns = fields.map(([, field = '', type = '']): [string, ColumnKind] => [
      field,
      field === 'blobId' ? 'body' : (kinds[type] as ColumnKind),
    ]);
    const together = /@@id\(\[(.*?)\]\)/.exec(text)?.[1]?.split(', ');
    const alone = fields.find(([, , , rest = '']) => /@id\b/.test(rest))?.[1];
    return { name, columns: Object.fromEntries(columns), key: together ?? [alone ?? ''] };
  });
}

it('keeps every table, or says that it can be made again', () => {
  const known = [...serverTables, ...accountTables].map(({ name }) => name);
  const models = readModels().map(({ name }) => name);
  assert.deepEqual([...known, ...otherTables].sort(), models.sort());
});

it('keeps every column as what it is, by the primary key', () => {
  const models = new Map(readModels().map((model) => [model.name, model]));
  for (const table of serverTables) {
    const model = models.get(table.name);
    assert.deepEqual(table.columns, model?.columns, table.name);
    assert.deepEqual(table.key, model?.key, table.name);
  }
  for (const table of accountTables) {
    const model = models.get(table.name);
    assert.deepEqual(table.columns, model?.columns, table.name);
    assert.deepEqual(['accountId', ...table.key], model?.key, table.name);
  }
});
