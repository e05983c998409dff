-- Rolls of large mailboxes, so that they need not be read row by row after a start.

CREATE TABLE "SavedRoll" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "part" INTEGER NOT NULL,
    "parts" INTEGER NOT NULL,
    "uidValidity" BIGINT NOT NULL,
    "modseq" BIGINT NOT NULL,
    "bytes" BLOB NOT NULL,

    PRIMARY KEY ("accountId", "mailboxId", "part")
);
