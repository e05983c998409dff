-- For machines: tokens of the REST API, answers that can be given again, webhooks and what waits for them.

CREATE TABLE "ApiToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "domains" TEXT NOT NULL DEFAULT '',
    "networks" TEXT NOT NULL DEFAULT '',
    "isReadOnly" BOOLEAN NOT NULL DEFAULT false,
    "accountId" TEXT NOT NULL DEFAULT '',
    "madeBy" TEXT NOT NULL,
    "expiresAt" DATETIME,
    "lastUsedAt" DATETIME,
    "lastRemote" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "KeptAnswer" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "request" TEXT NOT NULL,
    "status" INTEGER NOT NULL DEFAULT 0,
    "answer" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "Webhook" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "events" TEXT NOT NULL,
    "domains" TEXT NOT NULL DEFAULT '',
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failingSince" DATETIME,
    "nextAt" DATETIME,
    "answers" TEXT NOT NULL DEFAULT '[]',
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "WebhookEvent" (
    "hookId" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("hookId", "eventId")
);

CREATE INDEX "ApiToken_accountId_idx" ON "ApiToken"("accountId");
CREATE INDEX "KeptAnswer_createdAt_idx" ON "KeptAnswer"("createdAt");
CREATE INDEX "WebhookEvent_hookId_at_idx" ON "WebhookEvent"("hookId", "at");
