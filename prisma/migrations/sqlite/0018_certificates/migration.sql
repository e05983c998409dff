-- Certificates for host names, and what ordering them by ACME needs.

CREATE TABLE "Certificate" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "names" TEXT NOT NULL,
    "certificateFile" TEXT NOT NULL DEFAULT '',
    "keyFile" TEXT NOT NULL DEFAULT '',
    "chain" TEXT NOT NULL DEFAULT '',
    "secret" TEXT NOT NULL DEFAULT '',
    "issuedAt" DATETIME,
    "expiresAt" DATETIME,
    "dueAt" DATETIME,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT NOT NULL DEFAULT '',
    "problemAt" DATETIME,
    "orderUrl" TEXT NOT NULL DEFAULT '',
    "orderSecret" TEXT NOT NULL DEFAULT '',
    "leaseOwner" TEXT NOT NULL DEFAULT '',
    "leaseUntil" DATETIME,
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "AcmeAccount" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "secret" TEXT NOT NULL,
    "url" TEXT NOT NULL DEFAULT '',
    "terms" TEXT NOT NULL DEFAULT '',
    "agreedBy" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

CREATE TABLE "AcmeChallenge" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL
);

CREATE INDEX "AcmeChallenge_name_idx" ON "AcmeChallenge"("name");
