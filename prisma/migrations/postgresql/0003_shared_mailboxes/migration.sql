-- Mailboxes that several people open: rights, members, annotations; keys of SCRAM.

ALTER TABLE "Account" ADD COLUMN "scram" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Account" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'person';

CREATE TABLE "Member" (
    "sharedId" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "mayWrite" BOOLEAN NOT NULL DEFAULT true,
    "maySend" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Member_pkey" PRIMARY KEY ("sharedId","memberId")
);

CREATE TABLE "MailboxRight" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "rights" TEXT NOT NULL,

    CONSTRAINT "MailboxRight_pkey" PRIMARY KEY ("accountId","mailboxId","identifier")
);

CREATE TABLE "Annotation" (
    "accountId" TEXT NOT NULL,
    "mailboxId" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "entry" TEXT NOT NULL,
    "value" BYTEA NOT NULL,

    CONSTRAINT "Annotation_pkey" PRIMARY KEY ("accountId","mailboxId","ownerId","entry")
);

CREATE INDEX "Member_memberId_idx" ON "Member"("memberId");
CREATE INDEX "MailboxRight_identifier_idx" ON "MailboxRight"("identifier");
