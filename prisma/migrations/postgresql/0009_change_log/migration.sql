-- A log of changes for each mailbox instead of an index of MODSEQs over all messages: one row a change is written
-- once, entries of an index anew with each flag. What it does not know yet is read from the messages themselves.

CREATE TABLE "MailboxChange" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "modseq" BIGINT NOT NULL,
    "uids" TEXT NOT NULL,
    "hasGone" BOOLEAN NOT NULL,

    CONSTRAINT "MailboxChange_pkey" PRIMARY KEY ("accountId","mailboxId","modseq")
);

DROP INDEX "Message_accountId_mailboxId_modseq_idx";
