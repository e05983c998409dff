-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "Domain" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Domain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
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
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastLoginAt" TIMESTAMP(3),

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Alias" (
    "id" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Alias_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AliasTarget" (
    "aliasId" TEXT NOT NULL,
    "address" TEXT NOT NULL,

    CONSTRAINT "AliasTarget_pkey" PRIMARY KEY ("aliasId","address")
);

-- CreateTable
CREATE TABLE "Network" (
    "id" TEXT NOT NULL,
    "cidr" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Network_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RelayRule" (
    "id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "match" TEXT NOT NULL,
    "pattern" TEXT NOT NULL DEFAULT '',
    "host" TEXT NOT NULL DEFAULT '',
    "port" INTEGER NOT NULL DEFAULT 25,
    "tlsMode" TEXT NOT NULL DEFAULT 'opportunistic',
    "username" TEXT NOT NULL DEFAULT '',
    "secret" TEXT NOT NULL DEFAULT '',
    "comment" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RelayRule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OneTimeToken" (
    "id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "OneTimeToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LoginThrottle" (
    "id" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "LoginThrottle_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Setting" (
    "id" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "updatedBy" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Preference" (
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "Preference_pkey" PRIMARY KEY ("accountId","name")
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
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Mailbox_pkey" PRIMARY KEY ("accountId","id")
);

-- CreateTable
CREATE TABLE "Subscription" (
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "Subscription_pkey" PRIMARY KEY ("accountId","name")
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
    "prefix" BYTEA NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "flags" INTEGER NOT NULL,
    "keywords" TEXT NOT NULL DEFAULT '',
    "internalDate" TIMESTAMP(3) NOT NULL,
    "savedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Message_pkey" PRIMARY KEY ("accountId","mailboxId","uid")
);

-- CreateTable
CREATE TABLE "Tombstone" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "uid" BIGINT NOT NULL,
    "modseq" BIGINT NOT NULL,

    CONSTRAINT "Tombstone_pkey" PRIMARY KEY ("accountId","mailboxId","uid")
);

-- CreateTable
CREATE TABLE "ThreadReference" (
    "accountId" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "threadId" TEXT NOT NULL,

    CONSTRAINT "ThreadReference_pkey" PRIMARY KEY ("accountId","reference")
);

-- CreateTable
CREATE TABLE "Blob" (
    "id" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "place" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Blob_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BlobBytes" (
    "id" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "BlobBytes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Rendering" (
    "blobId" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "envelope" BYTEA NOT NULL,
    "bodyStructure" BYTEA NOT NULL,
    "body" BYTEA NOT NULL,
    "header" BYTEA NOT NULL,
    "parts" TEXT NOT NULL,
    "baseSubject" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "fromText" TEXT NOT NULL,
    "toText" TEXT NOT NULL,
    "ccText" TEXT NOT NULL,
    "sentAt" TIMESTAMP(3),
    "messageId" TEXT NOT NULL DEFAULT '',
    "preview" TEXT NOT NULL,
    "hasAttachments" BOOLEAN NOT NULL,

    CONSTRAINT "Rendering_pkey" PRIMARY KEY ("blobId")
);

-- CreateTable
CREATE TABLE "RenderingText" (
    "blobId" TEXT NOT NULL,
    "header" TEXT NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "RenderingText_pkey" PRIMARY KEY ("blobId")
);

-- CreateTable
CREATE TABLE "QueueMessage" (
    "id" TEXT NOT NULL,
    "blobId" TEXT NOT NULL,
    "prefix" BYTEA NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "sender" TEXT NOT NULL,
    "accountId" TEXT,
    "envid" TEXT NOT NULL DEFAULT '',
    "ret" TEXT NOT NULL DEFAULT '',
    "isSmtpUtf8" BOOLEAN NOT NULL DEFAULT false,
    "traceId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "QueueMessage_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "QueueRecipient" (
    "id" TEXT NOT NULL,
    "messageId" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "originalTo" TEXT NOT NULL DEFAULT '',
    "notify" TEXT NOT NULL DEFAULT '',
    "domain" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMP(3) NOT NULL,
    "leaseUntil" TIMESTAMP(3),
    "leaseOwner" TEXT NOT NULL DEFAULT '',
    "isDelayTold" BOOLEAN NOT NULL DEFAULT false,
    "lastCode" INTEGER NOT NULL DEFAULT 0,
    "lastText" TEXT NOT NULL DEFAULT '',
    "lastHost" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "QueueRecipient_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrailEvent" (
    "id" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "traceId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "accountId" TEXT,
    "sender" TEXT NOT NULL DEFAULT '',
    "recipient" TEXT NOT NULL DEFAULT '',
    "remote" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL DEFAULT '',
    "text" TEXT NOT NULL DEFAULT '',
    "detail" TEXT NOT NULL DEFAULT '{}',

    CONSTRAINT "TrailEvent_pkey" PRIMARY KEY ("id")
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
