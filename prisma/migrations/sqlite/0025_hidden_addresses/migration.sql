-- Addresses of webhooks may hold secrets: the history keeps them sealed from now on, and forgets those that it has kept whole.

UPDATE "Revision" SET "before" = json_set("before", '$.url', 'secret 00000000')
  WHERE "kind" = 'webhook' AND json_type("before", '$.url') = 'text';
UPDATE "Revision" SET "after" = json_set("after", '$.url', 'secret 00000000')
  WHERE "kind" = 'webhook' AND json_type("after", '$.url') = 'text';
