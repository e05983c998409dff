-- Reports: what is to be reported to other domains (DMARC), and what others report of ours (DMARC, TLS).

CREATE TABLE "DmarcResult" (
    "day" INTEGER NOT NULL,
    "domain" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "facts" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "DmarcResult_pkey" PRIMARY KEY ("day","domain","id")
);

CREATE TABLE "DmarcReport" (
    "id" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "organization" TEXT NOT NULL,
    "reportId" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "isProven" BOOLEAN NOT NULL DEFAULT false,
    "policy" TEXT NOT NULL DEFAULT '',
    "beginAt" TIMESTAMP(3) NOT NULL,
    "endAt" TIMESTAMP(3) NOT NULL,
    "receivedAt" TIMESTAMP(3) NOT NULL,
    "messages" INTEGER NOT NULL DEFAULT 0,
    "isCut" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "DmarcReport_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "DmarcRecord" (
    "reportId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "disposition" TEXT NOT NULL,
    "isDkimAligned" BOOLEAN NOT NULL,
    "isSpfAligned" BOOLEAN NOT NULL,
    "headerFrom" TEXT NOT NULL DEFAULT '',
    "findings" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "DmarcRecord_pkey" PRIMARY KEY ("reportId","position")
);

CREATE TABLE "TlsReport" (
    "id" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "organization" TEXT NOT NULL,
    "reportId" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "isProven" BOOLEAN NOT NULL DEFAULT false,
    "policyType" TEXT NOT NULL,
    "beginAt" TIMESTAMP(3) NOT NULL,
    "endAt" TIMESTAMP(3) NOT NULL,
    "receivedAt" TIMESTAMP(3) NOT NULL,
    "successes" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "details" TEXT NOT NULL DEFAULT '[]',

    CONSTRAINT "TlsReport_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "DmarcReport_domain_organization_reportId_key" ON "DmarcReport"("domain", "organization", "reportId");
CREATE INDEX "DmarcReport_beginAt_idx" ON "DmarcReport"("beginAt");
CREATE INDEX "DmarcReport_receivedAt_idx" ON "DmarcReport"("receivedAt");
CREATE UNIQUE INDEX "TlsReport_domain_organization_reportId_policyType_key" ON "TlsReport"("domain", "organization", "reportId", "policyType");
CREATE INDEX "TlsReport_beginAt_idx" ON "TlsReport"("beginAt");
CREATE INDEX "TlsReport_receivedAt_idx" ON "TlsReport"("receivedAt");
