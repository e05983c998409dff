-- Sending: keys that sign, pauses, suppressed addresses, TLS policies of others and what is reported of them.

CREATE TABLE "DkimKey" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "domainId" TEXT NOT NULL,
    "selector" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "activeAt" DATETIME,
    "retiredAt" DATETIME
);

CREATE TABLE "Pause" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "reason" TEXT NOT NULL DEFAULT '',
    "by" TEXT NOT NULL,
    "until" DATETIME,
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "Suppression" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "lastCode" INTEGER NOT NULL DEFAULT 0,
    "lastText" TEXT NOT NULL DEFAULT '',
    "failures" INTEGER NOT NULL DEFAULT 1,
    "expiresAt" DATETIME NOT NULL,
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "StsPolicy" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "version" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "mx" TEXT NOT NULL,
    "fetchedAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL
);

CREATE TABLE "TlsResult" (
    "day" INTEGER NOT NULL,
    "domain" TEXT NOT NULL,
    "policyType" TEXT NOT NULL,
    "mx" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("day", "domain", "policyType", "mx", "result")
);

CREATE UNIQUE INDEX "DkimKey_domainId_selector_key" ON "DkimKey"("domainId", "selector");
CREATE INDEX "Suppression_expiresAt_idx" ON "Suppression"("expiresAt");
