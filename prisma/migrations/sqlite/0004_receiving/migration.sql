-- Policy of receiving and sending: access rules, rewriting, greylist, what users send, self-tests.

ALTER TABLE "Domain" ADD COLUMN "aliasOf" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Domain" ADD COLUMN "archive" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Account" ADD COLUMN "sendingHold" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Account" ADD COLUMN "dailyMessages" INTEGER;
ALTER TABLE "Account" ADD COLUMN "dailyRecipients" INTEGER;
ALTER TABLE "Alias" ADD COLUMN "posters" TEXT NOT NULL DEFAULT 'anyone';
ALTER TABLE "Alias" ADD COLUMN "isPattern" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "Network" ADD COLUMN "expiresAt" DATETIME;
ALTER TABLE "QueueMessage" ADD COLUMN "isTlsRequired" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "QueueMessage" ADD COLUMN "releaseAt" DATETIME;
ALTER TABLE "QueueRecipient" ADD COLUMN "holdReason" TEXT NOT NULL DEFAULT '';
ALTER TABLE "TrailEvent" ADD COLUMN "messageId" TEXT NOT NULL DEFAULT '';

CREATE TABLE "AccessRule" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "position" INTEGER NOT NULL,
    "scope" TEXT NOT NULL,
    "pattern" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "argument" TEXT NOT NULL DEFAULT '',
    "comment" TEXT NOT NULL DEFAULT '',
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "Rewrite" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "position" INTEGER NOT NULL,
    "scope" TEXT NOT NULL,
    "pattern" TEXT NOT NULL,
    "replacement" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "Greylist" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "firstAt" DATETIME NOT NULL,
    "lastAt" DATETIME NOT NULL,
    "passes" INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE "SendingDay" (
    "accountId" TEXT NOT NULL,
    "day" INTEGER NOT NULL,
    "messages" INTEGER NOT NULL DEFAULT 0,
    "newRecipients" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("accountId", "day")
);

CREATE TABLE "KnownRecipient" (
    "accountId" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "day" INTEGER NOT NULL,

    PRIMARY KEY ("accountId", "recipient")
);

CREATE TABLE "Finding" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "isGood" BOOLEAN NOT NULL,
    "text" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '[]'
);

CREATE INDEX "AccessRule_scope_position_idx" ON "AccessRule"("scope", "position");
CREATE INDEX "Rewrite_scope_position_idx" ON "Rewrite"("scope", "position");
CREATE INDEX "Greylist_lastAt_idx" ON "Greylist"("lastAt");
CREATE INDEX "TrailEvent_messageId_idx" ON "TrailEvent"("messageId");
CREATE INDEX "TrailEvent_accountId_at_idx" ON "TrailEvent"("accountId", "at");
