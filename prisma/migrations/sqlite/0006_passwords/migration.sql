-- Passwords that must change, links that set one, and blocks of whoever guesses.

ALTER TABLE "Account" ADD COLUMN "mustChange" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "OneTimeToken" ADD COLUMN "accountId" TEXT NOT NULL DEFAULT '';
ALTER TABLE "LoginThrottle" ADD COLUMN "blockedUntil" DATETIME;
ALTER TABLE "LoginThrottle" ADD COLUMN "blocks" INTEGER NOT NULL DEFAULT 0;
