-- Sign-in: sessions of browsers, app passwords, second factors.

ALTER TABLE "Account" ADD COLUMN "hasSecondFactor" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "WebSession" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "lastUsedAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "remote" TEXT NOT NULL,
    "agent" TEXT NOT NULL DEFAULT '',
    "provenAt" DATETIME,

    PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "AppPassword" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scram" TEXT NOT NULL DEFAULT '',
    "protocols" TEXT NOT NULL,
    "networks" TEXT NOT NULL DEFAULT '',
    "expiresAt" DATETIME,
    "lastUsedAt" DATETIME,
    "lastRemote" TEXT NOT NULL DEFAULT '',
    "lastProtocol" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL,

    PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "Authenticator" (
    "accountId" TEXT NOT NULL PRIMARY KEY,
    "secret" TEXT NOT NULL,
    "lastStep" INTEGER NOT NULL DEFAULT 0,
    "confirmedAt" DATETIME,
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "RecoveryCode" (
    "accountId" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,

    PRIMARY KEY ("accountId", "hash")
);

CREATE TABLE "Passkey" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "publicKey" BLOB NOT NULL,
    "counter" BIGINT NOT NULL DEFAULT 0,
    "transports" TEXT NOT NULL DEFAULT '',
    "lastUsedAt" DATETIME,
    "createdAt" DATETIME NOT NULL,

    PRIMARY KEY ("accountId", "id")
);

CREATE INDEX "WebSession_expiresAt_idx" ON "WebSession"("expiresAt");
CREATE UNIQUE INDEX "AppPassword_accountId_hash_key" ON "AppPassword"("accountId", "hash");
CREATE UNIQUE INDEX "Passkey_id_key" ON "Passkey"("id");
