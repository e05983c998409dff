// The tables of rules and keys (server-tables.ts) in backups.
import type { Table } from './table.ts';

export const policyTables: Table[] = [
  {
    name: 'AccessRule',
    key: ['id'],
    columns: {
      id: 'text',
      position: 'number',
      scope: 'text',
      pattern: 'text',
      action: 'text',
      argument: 'text',
      comment: 'text',
      isDisabled: 'flag',
      createdAt: 'date',
    },
  },
  {
    name: 'Rewrite',
    key: ['id'],
    columns: {
      id: 'text',
      position: 'number',
      scope: 'text',
      pattern: 'text',
      replacement: 'text',
      comment: 'text',
      createdAt: 'date',
    },
  },
  {
    name: 'Greylist',
    key: ['id'],
    columns: { id: 'text', firstAt: 'date', lastAt: 'date', passes: 'number' },
  },
  {
    name: 'DkimKey',
    key: ['id'],
    columns: {
      id: 'text',
      domainId: 'text',
      selector: 'text',
      algorithm: 'text',
      secret: 'text',
      publicKey: 'text',
      state: 'text',
      createdAt: 'date',
      activeAt: 'date',
      retiredAt: 'date',
    },
  },
];
