// What the server watches of itself.
import { z } from 'zod';
import { defineSetting } from './define.ts';

export const watchSettings = [
  defineSetting('server.versionAddress', {
    schema: z
      .string()
      .trim()
      .max(500, 'At most 500 characters.')
      .regex(
        /^(?:https:\/\/[^\s/]\S*)?$/,
        'Give an address that begins with https://, or nothing.',
      ),
    default: '',
    title: 'Address that names the newest version',
    help: 'Once a day it is asked for the first version number in its answer (JSON or text), and the page of health says when that is newer. Empty: nobody is asked.',
    control: { kind: 'text', placeholder: 'https://example.org/drey/version.json' },
    applies: 'next-attempt',
  }),
  defineSetting('server.healthToken', {
    schema: z.string().max(1000, 'At most 1000 characters.'),
    default: '',
    title: 'Token for details of /api/health',
    help: 'Whoever sends it as "Authorization: Bearer …" gets each part with its state; others only whether the server works. This machine needs none.',
    control: { kind: 'secret' },
    applies: 'next-command',
  }),
] as const;
