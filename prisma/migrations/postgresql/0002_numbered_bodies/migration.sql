-- Bodies get numbers in place of their hashes as keys; quotas of domains; what deleted messages, imports and
-- horizons of the journal need. Renderings keep their version, so they are computed again in the background.

ALTER TABLE "Domain" ADD COLUMN "quotaBytes" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "quotaMessages" BIGINT NOT NULL DEFAULT 0, ADD COLUMN "warnedPercent" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Account" ADD COLUMN "quotaMessages" BIGINT, ADD COLUMN "warnedPercent" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Mailbox" ADD COLUMN "floorModseq" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "Tombstone" ADD COLUMN "keptUid" BIGINT NOT NULL DEFAULT 0, ADD COLUMN "day" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "ThreadReference" ADD COLUMN "day" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "PopUid" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "uid" BIGINT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "PopUid_pkey" PRIMARY KEY ("accountId","mailboxId","uid")
);

CREATE TABLE "Imported" (
    "accountId" TEXT NOT NULL,
    "source" TEXT NOT NULL,

    CONSTRAINT "Imported_pkey" PRIMARY KEY ("accountId","source")
);

-- A message whose body is lost stays what it is, a message without a body: `drey check` names it.
INSERT INTO "Blob" ("id", "sizeBytes", "place", "createdAt")
  SELECT "blobId", max("sizeBytes" - length("prefix")),
    CASE WHEN "blobId" IN (SELECT "id" FROM "BlobBytes") THEN 'row' ELSE 'file' END, max("savedAt")
  FROM "Message" WHERE "blobId" NOT IN (SELECT "id" FROM "Blob") GROUP BY "blobId";
INSERT INTO "Blob" ("id", "sizeBytes", "place", "createdAt")
  SELECT "blobId", max("sizeBytes" - length("prefix")),
    CASE WHEN "blobId" IN (SELECT "id" FROM "BlobBytes") THEN 'row' ELSE 'file' END, max("createdAt")
  FROM "QueueMessage" WHERE "blobId" NOT IN (SELECT "id" FROM "Blob") GROUP BY "blobId";

DROP INDEX "Blob_createdAt_idx";
ALTER TABLE "Blob" DROP CONSTRAINT "Blob_pkey";
ALTER TABLE "Blob" RENAME COLUMN "id" TO "hash";
ALTER TABLE "Blob" ADD COLUMN "id" SERIAL NOT NULL;
ALTER TABLE "Blob" ADD CONSTRAINT "Blob_pkey" PRIMARY KEY ("id");
CREATE UNIQUE INDEX "Blob_hash_key" ON "Blob"("hash");

ALTER TABLE "BlobBytes" RENAME COLUMN "id" TO "blobId";

ALTER TABLE "BlobBytes" DROP CONSTRAINT "BlobBytes_pkey";
ALTER TABLE "BlobBytes" RENAME COLUMN "blobId" TO "hash";
ALTER TABLE "BlobBytes" ADD COLUMN "blobId" INTEGER;
UPDATE "BlobBytes" SET "blobId" = b."id" FROM "Blob" b WHERE b."hash" = "BlobBytes"."hash";
DELETE FROM "BlobBytes" WHERE "blobId" IS NULL;
ALTER TABLE "BlobBytes" DROP COLUMN "hash", ALTER COLUMN "blobId" SET NOT NULL;
ALTER TABLE "BlobBytes" ADD CONSTRAINT "BlobBytes_pkey" PRIMARY KEY ("blobId");

ALTER TABLE "Rendering" DROP CONSTRAINT "Rendering_pkey";
ALTER TABLE "Rendering" RENAME COLUMN "blobId" TO "hash";
ALTER TABLE "Rendering" ADD COLUMN "blobId" INTEGER;
UPDATE "Rendering" SET "blobId" = b."id" FROM "Blob" b WHERE b."hash" = "Rendering"."hash";
DELETE FROM "Rendering" WHERE "blobId" IS NULL;
ALTER TABLE "Rendering" DROP COLUMN "hash", ALTER COLUMN "blobId" SET NOT NULL;
ALTER TABLE "Rendering" ADD CONSTRAINT "Rendering_pkey" PRIMARY KEY ("blobId");

ALTER TABLE "RenderingText" DROP CONSTRAINT "RenderingText_pkey";
ALTER TABLE "RenderingText" RENAME COLUMN "blobId" TO "hash";
ALTER TABLE "RenderingText" ADD COLUMN "blobId" INTEGER;
UPDATE "RenderingText" SET "blobId" = b."id" FROM "Blob" b WHERE b."hash" = "RenderingText"."hash";
DELETE FROM "RenderingText" WHERE "blobId" IS NULL;
ALTER TABLE "RenderingText" DROP COLUMN "hash", ALTER COLUMN "blobId" SET NOT NULL;
ALTER TABLE "RenderingText" ADD CONSTRAINT "RenderingText_pkey" PRIMARY KEY ("blobId");

ALTER TABLE "Message" RENAME COLUMN "blobId" TO "hash";
ALTER TABLE "Message" ADD COLUMN "blobId" INTEGER;
UPDATE "Message" SET "blobId" = b."id" FROM "Blob" b WHERE b."hash" = "Message"."hash";
ALTER TABLE "Message" DROP COLUMN "hash", ALTER COLUMN "blobId" SET NOT NULL;

ALTER TABLE "QueueMessage" RENAME COLUMN "blobId" TO "hash";
ALTER TABLE "QueueMessage" ADD COLUMN "blobId" INTEGER;
UPDATE "QueueMessage" SET "blobId" = b."id" FROM "Blob" b WHERE b."hash" = "QueueMessage"."hash";
ALTER TABLE "QueueMessage" DROP COLUMN "hash", ALTER COLUMN "blobId" SET NOT NULL;

CREATE INDEX "Message_blobId_idx" ON "Message"("blobId");
CREATE INDEX "QueueMessage_blobId_idx" ON "QueueMessage"("blobId");
CREATE INDEX "Rendering_version_idx" ON "Rendering"("version");
