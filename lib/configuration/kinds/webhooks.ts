// Webhooks: what they are told can be taken back; their secrets are not known again.
import { Refusal } from '#lib/errors.ts';
import {
  addWebhook,
  type NewWebhook,
  recordedWebhook,
  removeWebhook,
  updateWebhook,
  type WebhookChange,
} from '#lib/webhooks/webhook.ts';
import type { Revertible } from '../section.ts';

export const webhookKind: Revertible = {
  recorded: recordedWebhook,
  secrets: ['secret', 'url'],
  later: ['isDisabled'],
  add: async (fields, by) => {
    if (fields.url === undefined) {
      throw new Refusal('invalid', 'Its address is not known any more: add it anew.');
    }
    return (await addWebhook(fields as NewWebhook, by)).webhook.id;
  },
  change: async (key, fields, by) => {
    await updateWebhook(key, fields as WebhookChange, by);
  },
  remove: removeWebhook,
};
