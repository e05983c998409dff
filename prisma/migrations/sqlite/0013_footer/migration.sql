-- What a domain writes below the outgoing mail of its users.

ALTER TABLE "Domain" ADD COLUMN "footerText" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Domain" ADD COLUMN "footerHtml" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Domain" ADD COLUMN "footerFor" TEXT NOT NULL DEFAULT 'outside';
