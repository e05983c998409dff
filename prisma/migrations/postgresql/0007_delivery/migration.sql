-- Sending: keys that sign, pauses, suppressed addresses, TLS policies of others and what is reported of them.

CREATE TABLE "DkimKey" (
    "id" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "selector" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "activeAt" TIMESTAMP(3),
    "retiredAt" TIMESTAMP(3),

    CONSTRAINT "DkimKey_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Pause" (
    "id" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "by" TEXT NOT NULL,
    "until" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Pause_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Suppression" (
    "id" TEXT NOT NULL,
    "lastCode" INTEGER NOT NULL DEFAULT 0,
    "lastText" TEXT NOT NULL DEFAULT '',
    "failures" INTEGER NOT NULL DEFAULT 1,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Suppression_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "StsPolicy" (
    "id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "mx" TEXT NOT NULL,
    "fetchedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "StsPolicy_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "TlsResult" (
    "day" INTEGER NOT NULL,
    "domain" TEXT NOT NULL,
    "policyType" TEXT NOT NULL,
    "mx" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "TlsResult_pkey" PRIMARY KEY ("day","domain","policyType","mx","result")
);

CREATE UNIQUE INDEX "DkimKey_domainId_selector_key" ON "DkimKey"("domainId", "selector");
CREATE INDEX "Suppression_expiresAt_idx" ON "Suppression"("expiresAt");
