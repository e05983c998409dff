-- Users that can be restored for some time, and orders of long lists.

ALTER TABLE "Account" ADD COLUMN "deletedAt" DATETIME;
ALTER TABLE "Account" ADD COLUMN "wasDisabled" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "WebSession" ADD COLUMN "actorId" TEXT NOT NULL DEFAULT '';

DROP INDEX "Account_domainId_idx";
CREATE INDEX "Account_domainId_address_idx" ON "Account"("domainId", "address");
CREATE INDEX "Account_displayName_id_idx" ON "Account"("displayName", "id");
CREATE INDEX "Account_createdAt_id_idx" ON "Account"("createdAt", "id");
CREATE INDEX "Account_lastLoginAt_id_idx" ON "Account"("lastLoginAt", "id");

DROP INDEX "Alias_domainId_idx";
CREATE INDEX "Alias_domainId_address_idx" ON "Alias"("domainId", "address");
CREATE INDEX "Alias_createdAt_id_idx" ON "Alias"("createdAt", "id");
