-- Certificates for host names, and what ordering them by ACME needs.

CREATE TABLE "Certificate" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "names" TEXT NOT NULL,
    "certificateFile" TEXT NOT NULL DEFAULT '',
    "keyFile" TEXT NOT NULL DEFAULT '',
    "chain" TEXT NOT NULL DEFAULT '',
    "secret" TEXT NOT NULL DEFAULT '',
    "issuedAt" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3),
    "dueAt" TIMESTAMP(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT NOT NULL DEFAULT '',
    "problemAt" TIMESTAMP(3),
    "orderUrl" TEXT NOT NULL DEFAULT '',
    "orderSecret" TEXT NOT NULL DEFAULT '',
    "leaseOwner" TEXT NOT NULL DEFAULT '',
    "leaseUntil" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Certificate_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "AcmeAccount" (
    "id" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "url" TEXT NOT NULL DEFAULT '',
    "terms" TEXT NOT NULL DEFAULT '',
    "agreedBy" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AcmeAccount_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "AcmeChallenge" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AcmeChallenge_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "AcmeChallenge_name_idx" ON "AcmeChallenge"("name");
