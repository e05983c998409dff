-- Mail of domains by the hour, and what the DNS says of them.

CREATE TABLE "DomainHour" (
    "hour" INTEGER NOT NULL,
    "domain" TEXT NOT NULL,
    "externalIn" INTEGER NOT NULL DEFAULT 0,
    "externalOut" INTEGER NOT NULL DEFAULT 0,
    "internal" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("hour", "domain")
);

CREATE TABLE "DomainDns" (
    "domainId" TEXT NOT NULL PRIMARY KEY,
    "checkedAt" DATETIME,
    "wrong" INTEGER NOT NULL DEFAULT -1,
    "text" TEXT NOT NULL DEFAULT '',
    "nextAt" DATETIME NOT NULL
);
