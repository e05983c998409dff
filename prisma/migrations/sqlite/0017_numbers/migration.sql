-- Built-in numbers: roll-ups, daily counters of domains, runs of timed jobs, reports of nodes.

CREATE TABLE "RollUp" (
    "seconds" INTEGER NOT NULL,
    "at" INTEGER NOT NULL,
    "node" TEXT NOT NULL,
    "numbers" TEXT NOT NULL,

    PRIMARY KEY ("seconds", "at", "node")
);

CREATE TABLE "DomainDay" (
    "day" INTEGER NOT NULL,
    "domain" TEXT NOT NULL,
    "externalIn" INTEGER NOT NULL DEFAULT 0,
    "externalOut" INTEGER NOT NULL DEFAULT 0,
    "internal" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("day", "domain")
);

CREATE TABLE "JobRun" (
    "node" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "tookMs" INTEGER NOT NULL,
    "isGood" BOOLEAN NOT NULL,
    "result" TEXT NOT NULL DEFAULT '',
    "error" TEXT NOT NULL DEFAULT '',
    "nextAt" DATETIME NOT NULL,
    "runs" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("node", "name")
);

CREATE TABLE "NodeReport" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "facts" TEXT NOT NULL
);
