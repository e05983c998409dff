// Webhooks: what they are told can be taken back; their secrets are not known again.
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
  secrets: ['secret'],
  later: ['isDisabled'],
  add: async (fields, by) => (await addWebhook(fields as NewWebhook, by)).webhook.id,
  change: async (key, fields, by) => {
    await updateWebhook(key, fields as WebhookChange, by);
  },
  remove: removeWebhook,
};
