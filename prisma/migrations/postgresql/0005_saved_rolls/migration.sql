-- Rolls of large mailboxes, so that they need not be read row by row after a start.

CREATE TABLE "SavedRoll" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "part" INTEGER NOT NULL,
    "parts" INTEGER NOT NULL,
    "uidValidity" BIGINT NOT NULL,
    "modseq" BIGINT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "SavedRoll_pkey" PRIMARY KEY ("accountId","mailboxId","part")
);
