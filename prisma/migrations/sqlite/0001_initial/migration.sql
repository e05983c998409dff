-- CreateTable
CREATE TABLE "Domain" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "address" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "displayName" TEXT NOT NULL DEFAULT '',
    "role" TEXT NOT NULL DEFAULT 'user',
    "passwordHash" TEXT,
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "quotaBytes" BIGINT,
    "usedBytes" BIGINT NOT NULL DEFAULT 0,
    "usedMessages" BIGINT NOT NULL DEFAULT 0,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL,
    "lastLoginAt" DATETIME
);

-- CreateTable
CREATE TABLE "Alias" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "address" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "AliasTarget" (
    "aliasId" TEXT NOT NULL,
    "address" TEXT NOT NULL,

    PRIMARY KEY ("aliasId", "address")
);

-- CreateTable
CREATE TABLE "Network" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "cidr" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "RelayRule" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "position" INTEGER NOT NULL,
    "match" TEXT NOT NULL,
    "pattern" TEXT NOT NULL DEFAULT '',
    "host" TEXT NOT NULL DEFAULT '',
    "port" INTEGER NOT NULL DEFAULT 25,
    "tlsMode" TEXT NOT NULL DEFAULT 'opportunistic',
    "username" TEXT NOT NULL DEFAULT '',
    "secret" TEXT NOT NULL DEFAULT '',
    "comment" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "OneTimeToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "purpose" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "LoginThrottle" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "failures" INTEGER NOT NULL,
    "startedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Setting" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "updatedBy" TEXT NOT NULL DEFAULT ''
);

-- CreateTable
CREATE TABLE "Preference" (
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    PRIMARY KEY ("accountId", "name")
);

-- CreateTable
CREATE TABLE "Mailbox" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "uidValidity" BIGINT NOT NULL,
    "uidNext" BIGINT NOT NULL DEFAULT 1,
    "recentUid" BIGINT NOT NULL DEFAULT 1,
    "highestModseq" BIGINT NOT NULL DEFAULT 1,
    "specialUse" TEXT,
    "messages" BIGINT NOT NULL DEFAULT 0,
    "unseen" BIGINT NOT NULL DEFAULT 0,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL,

    PRIMARY KEY ("accountId", "id")
);

-- CreateTable
CREATE TABLE "Subscription" (
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    PRIMARY KEY ("accountId", "name")
);

-- CreateTable
CREATE TABLE "Message" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "uid" BIGINT NOT NULL,
    "modseq" BIGINT NOT NULL,
    "emailId" TEXT NOT NULL,
    "threadId" TEXT NOT NULL,
    "blobId" TEXT NOT NULL,
    "prefix" BLOB NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "flags" INTEGER NOT NULL,
    "keywords" TEXT NOT NULL DEFAULT '',
    "internalDate" DATETIME NOT NULL,
    "savedAt" DATETIME NOT NULL,

    PRIMARY KEY ("accountId", "mailboxId", "uid")
);

-- CreateTable
CREATE TABLE "Tombstone" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "uid" BIGINT NOT NULL,
    "modseq" BIGINT NOT NULL,

    PRIMARY KEY ("accountId", "mailboxId", "uid")
);

-- CreateTable
CREATE TABLE "ThreadReference" (
    "accountId" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "threadId" TEXT NOT NULL,

    PRIMARY KEY ("accountId", "reference")
);

-- CreateTable
CREATE TABLE "Blob" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sizeBytes" BIGINT NOT NULL,
    "place" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "BlobBytes" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "bytes" BLOB NOT NULL
);

-- CreateTable
CREATE TABLE "Rendering" (
    "blobId" TEXT NOT NULL PRIMARY KEY,
    "version" INTEGER NOT NULL,
    "envelope" BLOB NOT NULL,
    "bodyStructure" BLOB NOT NULL,
    "body" BLOB NOT NULL,
    "header" BLOB NOT NULL,
    "parts" TEXT NOT NULL,
    "baseSubject" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "fromText" TEXT NOT NULL,
    "toText" TEXT NOT NULL,
    "ccText" TEXT NOT NULL,
    "sentAt" DATETIME,
    "messageId" TEXT NOT NULL DEFAULT '',
    "preview" TEXT NOT NULL,
    "hasAttachments" BOOLEAN NOT NULL
);

-- CreateTable
CREATE TABLE "RenderingText" (
    "blobId" TEXT NOT NULL PRIMARY KEY,
    "header" TEXT NOT NULL,
    "body" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "QueueMessage" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "blobId" TEXT NOT NULL,
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

-- CreateTable
CREATE TABLE "QueueRecipient" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "messageId" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "originalTo" TEXT NOT NULL DEFAULT '',
    "notify" TEXT NOT NULL DEFAULT '',
    "domain" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" DATETIME NOT NULL,
    "leaseUntil" DATETIME,
    "leaseOwner" TEXT NOT NULL DEFAULT '',
    "isDelayTold" BOOLEAN NOT NULL DEFAULT false,
    "lastCode" INTEGER NOT NULL DEFAULT 0,
    "lastText" TEXT NOT NULL DEFAULT '',
    "lastHost" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "TrailEvent" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "traceId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "accountId" TEXT,
    "sender" TEXT NOT NULL DEFAULT '',
    "recipient" TEXT NOT NULL DEFAULT '',
    "remote" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL DEFAULT '',
    "text" TEXT NOT NULL DEFAULT '',
    "detail" TEXT NOT NULL DEFAULT '{}'
);

-- CreateIndex
CREATE UNIQUE INDEX "Domain_name_key" ON "Domain"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Account_address_key" ON "Account"("address");

-- CreateIndex
CREATE INDEX "Account_domainId_idx" ON "Account"("domainId");

-- CreateIndex
CREATE UNIQUE INDEX "Alias_address_key" ON "Alias"("address");

-- CreateIndex
CREATE INDEX "Alias_domainId_idx" ON "Alias"("domainId");

-- CreateIndex
CREATE INDEX "AliasTarget_address_idx" ON "AliasTarget"("address");

-- CreateIndex
CREATE UNIQUE INDEX "Network_cidr_key" ON "Network"("cidr");

-- CreateIndex
CREATE INDEX "RelayRule_match_position_idx" ON "RelayRule"("match", "position");

-- CreateIndex
CREATE UNIQUE INDEX "Mailbox_accountId_name_key" ON "Mailbox"("accountId", "name");

-- CreateIndex
CREATE INDEX "Message_accountId_mailboxId_modseq_idx" ON "Message"("accountId", "mailboxId", "modseq");

-- CreateIndex
CREATE INDEX "Message_accountId_threadId_idx" ON "Message"("accountId", "threadId");

-- CreateIndex
CREATE INDEX "Message_blobId_idx" ON "Message"("blobId");

-- CreateIndex
CREATE INDEX "Tombstone_accountId_mailboxId_modseq_idx" ON "Tombstone"("accountId", "mailboxId", "modseq");

-- CreateIndex
CREATE INDEX "Blob_createdAt_idx" ON "Blob"("createdAt");

-- CreateIndex
CREATE INDEX "QueueMessage_createdAt_idx" ON "QueueMessage"("createdAt");

-- CreateIndex
CREATE INDEX "QueueMessage_blobId_idx" ON "QueueMessage"("blobId");

-- CreateIndex
CREATE INDEX "QueueRecipient_state_nextAttemptAt_idx" ON "QueueRecipient"("state", "nextAttemptAt");

-- CreateIndex
CREATE INDEX "QueueRecipient_messageId_idx" ON "QueueRecipient"("messageId");

-- CreateIndex
CREATE INDEX "TrailEvent_at_idx" ON "TrailEvent"("at");

-- CreateIndex
CREATE INDEX "TrailEvent_traceId_idx" ON "TrailEvent"("traceId");

-- CreateIndex
CREATE INDEX "TrailEvent_recipient_at_idx" ON "TrailEvent"("recipient", "at");

-- CreateIndex
CREATE INDEX "TrailEvent_sender_at_idx" ON "TrailEvent"("sender", "at");

-- CreateIndex
CREATE INDEX "TrailEvent_kind_at_idx" ON "TrailEvent"("kind", "at");
