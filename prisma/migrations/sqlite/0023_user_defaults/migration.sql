-- What new users get unless told otherwise, mail that greets them, and protocols closed to a user.

ALTER TABLE "Account" ADD COLUMN "closedProtocols" TEXT NOT NULL DEFAULT '';

CREATE TABLE "UserDefaults" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "quotaBytes" BIGINT,
    "quotaMessages" BIGINT,
    "mustChange" BOOLEAN,
    "closedProtocols" TEXT,
    "language" TEXT NOT NULL DEFAULT '',
    "timeZone" TEXT NOT NULL DEFAULT '',
    "welcomeSubject" TEXT NOT NULL DEFAULT '',
    "welcomeText" TEXT NOT NULL DEFAULT ''
);

CREATE TABLE "Welcome" (
    "accountId" TEXT NOT NULL PRIMARY KEY,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);
