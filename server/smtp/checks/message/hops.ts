// Loops end by counting (RFC 5321 §6.3): each server adds a Received field.
import { findFields } from '#lib/mail/header.ts';
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const hops: Check<'data'> = {
  name: 'hops',
  title: 'Hops (loop)',
  settings: ['smtp.hopLimit'],
  run({ settings, fields }) {
    if (findFields(fields, 'received').length <= settings['smtp.hopLimit']) return pass;
    return refuse('too-many-hops', 'Too many hops: the message is going in circles');
  },
};
