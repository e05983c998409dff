-- Sign-in: sessions of browsers, app passwords, second factors.

ALTER TABLE "Account" ADD COLUMN "hasSecondFactor" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "WebSession" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "remote" TEXT NOT NULL,
    "agent" TEXT NOT NULL DEFAULT '',
    "provenAt" TIMESTAMP(3),

    CONSTRAINT "WebSession_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "AppPassword" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scram" TEXT NOT NULL DEFAULT '',
    "protocols" TEXT NOT NULL,
    "networks" TEXT NOT NULL DEFAULT '',
    "expiresAt" TIMESTAMP(3),
    "lastUsedAt" TIMESTAMP(3),
    "lastRemote" TEXT NOT NULL DEFAULT '',
    "lastProtocol" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AppPassword_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "Authenticator" (
    "accountId" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "lastStep" INTEGER NOT NULL DEFAULT 0,
    "confirmedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Authenticator_pkey" PRIMARY KEY ("accountId")
);

CREATE TABLE "RecoveryCode" (
    "accountId" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RecoveryCode_pkey" PRIMARY KEY ("accountId", "hash")
);

CREATE TABLE "Passkey" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "publicKey" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL DEFAULT 0,
    "transports" TEXT NOT NULL DEFAULT '',
    "lastUsedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Passkey_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE INDEX "WebSession_expiresAt_idx" ON "WebSession"("expiresAt");
CREATE UNIQUE INDEX "AppPassword_accountId_hash_key" ON "AppPassword"("accountId", "hash");
CREATE UNIQUE INDEX "Passkey_id_key" ON "Passkey"("id");
