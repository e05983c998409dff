-- How many users and aliases a domain may have.

ALTER TABLE "Domain" ADD COLUMN "maxUsers" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Domain" ADD COLUMN "maxAliases" INTEGER NOT NULL DEFAULT 0;
