-- Bodies get numbers in place of their hashes as keys; quotas of domains; what deleted messages, imports and
-- horizons of the journal need. Renderings keep their version, so they are computed again in the background.

ALTER TABLE "Domain" ADD COLUMN "quotaBytes" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "Domain" ADD COLUMN "quotaMessages" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "Domain" ADD COLUMN "warnedPercent" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Account" ADD COLUMN "quotaMessages" BIGINT;
ALTER TABLE "Account" ADD COLUMN "warnedPercent" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Mailbox" ADD COLUMN "floorModseq" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "Tombstone" ADD COLUMN "keptUid" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "Tombstone" ADD COLUMN "day" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "ThreadReference" ADD COLUMN "day" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "PopUid" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "uid" BIGINT NOT NULL,
    "text" TEXT NOT NULL,

    PRIMARY KEY ("accountId", "mailboxId", "uid")
);

CREATE TABLE "Imported" (
    "accountId" TEXT NOT NULL,
    "source" TEXT NOT NULL,

    PRIMARY KEY ("accountId", "source")
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

CREATE TABLE "new_Blob" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "place" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);
INSERT INTO "new_Blob" ("hash", "sizeBytes", "place", "createdAt")
  SELECT "id", "sizeBytes", "place", "createdAt" FROM "Blob" ORDER BY "createdAt", "id";
CREATE TABLE "new_BlobBytes" (
    "blobId" INTEGER NOT NULL PRIMARY KEY,
    "bytes" BLOB NOT NULL
);
INSERT INTO "new_BlobBytes" ("blobId", "bytes")
  SELECT b."id", t."bytes" FROM "BlobBytes" t JOIN "new_Blob" b ON b."hash" = t."id" ORDER BY b."id";
CREATE TABLE "new_Rendering" (
    "blobId" INTEGER NOT NULL PRIMARY KEY,
    "version" INTEGER NOT NULL,
    "hasAttachments" BOOLEAN NOT NULL,
    "sentAt" DATETIME,
    "messageId" TEXT NOT NULL DEFAULT '',
    "baseSubject" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "fromText" TEXT NOT NULL,
    "toText" TEXT NOT NULL,
    "ccText" TEXT NOT NULL,
    "preview" TEXT NOT NULL,
    "envelope" BLOB NOT NULL,
    "bodyStructure" BLOB NOT NULL,
    "body" BLOB NOT NULL,
    "parts" TEXT NOT NULL,
    "header" BLOB NOT NULL
);
INSERT INTO "new_Rendering" ("blobId", "version", "hasAttachments", "sentAt", "messageId", "baseSubject", "subject", "fromText", "toText", "ccText", "preview", "envelope", "bodyStructure", "body", "parts", "header")
  SELECT b."id", t."version", t."hasAttachments", t."sentAt", t."messageId", t."baseSubject", t."subject", t."fromText", t."toText", t."ccText", t."preview", t."envelope", t."bodyStructure", t."body", t."parts", t."header" FROM "Rendering" t JOIN "new_Blob" b ON b."hash" = t."blobId" ORDER BY b."id";
CREATE TABLE "new_RenderingText" (
    "blobId" INTEGER NOT NULL PRIMARY KEY,
    "header" TEXT NOT NULL,
    "body" TEXT NOT NULL
);
INSERT INTO "new_RenderingText" ("blobId", "header", "body")
  SELECT b."id", t."header", t."body" FROM "RenderingText" t JOIN "new_Blob" b ON b."hash" = t."blobId" ORDER BY b."id";
CREATE TABLE "new_Message" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "uid" BIGINT NOT NULL,
    "modseq" BIGINT NOT NULL,
    "emailId" TEXT NOT NULL,
    "threadId" TEXT NOT NULL,
    "blobId" INTEGER NOT NULL,
    "prefix" BLOB NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "flags" INTEGER NOT NULL,
    "keywords" TEXT NOT NULL DEFAULT '',
    "internalDate" DATETIME NOT NULL,
    "savedAt" DATETIME NOT NULL,

    PRIMARY KEY ("accountId", "mailboxId", "uid")
);
INSERT INTO "new_Message" ("accountId", "mailboxId", "uid", "modseq", "emailId", "threadId", "blobId", "prefix", "sizeBytes", "flags", "keywords", "internalDate", "savedAt")
  SELECT t."accountId", t."mailboxId", t."uid", t."modseq", t."emailId", t."threadId", b."id", t."prefix", t."sizeBytes", t."flags", t."keywords", t."internalDate", t."savedAt" FROM "Message" t JOIN "new_Blob" b ON b."hash" = t."blobId" ORDER BY t."accountId", t."mailboxId", t."uid";
CREATE TABLE "new_QueueMessage" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "blobId" INTEGER NOT NULL,
    "prefix" BLOB NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "sender" TEXT NOT NULL,
    "accountId" TEXT,
    "envid" TEXT NOT NULL DEFAULT '',
    "ret" TEXT NOT NULL DEFAULT '',
    "isSmtpUtf8" BOOLEAN NOT NULL DEFAULT false,
    "traceId" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);
INSERT INTO "new_QueueMessage" ("id", "blobId", "prefix", "sizeBytes", "sender", "accountId", "envid", "ret", "isSmtpUtf8", "traceId", "createdAt")
  SELECT t."id", b."id", t."prefix", t."sizeBytes", t."sender", t."accountId", t."envid", t."ret", t."isSmtpUtf8", t."traceId", t."createdAt" FROM "QueueMessage" t JOIN "new_Blob" b ON b."hash" = t."blobId" ORDER BY t."id";
DROP TABLE "Blob";
ALTER TABLE "new_Blob" RENAME TO "Blob";
DROP TABLE "BlobBytes";
ALTER TABLE "new_BlobBytes" RENAME TO "BlobBytes";
DROP TABLE "Rendering";
ALTER TABLE "new_Rendering" RENAME TO "Rendering";
DROP TABLE "RenderingText";
ALTER TABLE "new_RenderingText" RENAME TO "RenderingText";
DROP TABLE "Message";
ALTER TABLE "new_Message" RENAME TO "Message";
DROP TABLE "QueueMessage";
ALTER TABLE "new_QueueMessage" RENAME TO "QueueMessage";
CREATE INDEX "Message_accountId_mailboxId_modseq_idx" ON "Message"("accountId", "mailboxId", "modseq");
CREATE INDEX "Message_accountId_threadId_idx" ON "Message"("accountId", "threadId");
CREATE INDEX "Message_blobId_idx" ON "Message"("blobId");
CREATE UNIQUE INDEX "Blob_hash_key" ON "Blob"("hash");
CREATE INDEX "Rendering_version_idx" ON "Rendering"("version");
CREATE INDEX "QueueMessage_createdAt_idx" ON "QueueMessage"("createdAt");
CREATE INDEX "QueueMessage_blobId_idx" ON "QueueMessage"("blobId");
