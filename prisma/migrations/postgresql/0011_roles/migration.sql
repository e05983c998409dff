-- Roles: the domains that somebody looks after.

CREATE TABLE "Charge" (
    "accountId" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,

    CONSTRAINT "Charge_pkey" PRIMARY KEY ("accountId", "domainId")
);

CREATE INDEX "Charge_domainId_idx" ON "Charge"("domainId");
