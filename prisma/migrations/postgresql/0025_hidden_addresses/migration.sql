-- Addresses of webhooks may hold secrets: the history keeps them sealed from now on, and forgets those that it has kept whole.

UPDATE "Revision" SET "before" = jsonb_set("before"::jsonb, '{url}', '"secret 00000000"', false)::text
  WHERE "kind" = 'webhook' AND "before" IS NOT NULL;
UPDATE "Revision" SET "after" = jsonb_set("after"::jsonb, '{url}', '"secret 00000000"', false)::text
  WHERE "kind" = 'webhook' AND "after" IS NOT NULL;
