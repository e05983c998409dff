-- The webmail: identities, address books, templates, filters, vacation, collected mailboxes, snooze, calendar.

CREATE TABLE "Identity" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "replyTo" TEXT NOT NULL DEFAULT '',
    "bcc" TEXT NOT NULL DEFAULT '',
    "organization" TEXT NOT NULL DEFAULT '',
    "signature" TEXT NOT NULL DEFAULT '',
    "signatureHtml" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Identity_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "Contact" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "uid" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nickname" TEXT NOT NULL DEFAULT '',
    "firstName" TEXT NOT NULL DEFAULT '',
    "lastName" TEXT NOT NULL DEFAULT '',
    "organization" TEXT NOT NULL DEFAULT '',
    "note" TEXT NOT NULL DEFAULT '',
    "detail" TEXT NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Contact_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "ContactAddress" (
    "accountId" TEXT NOT NULL,
    "contactId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "address" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "ContactAddress_pkey" PRIMARY KEY ("accountId", "contactId", "position")
);

CREATE TABLE "ContactGroup" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ContactGroup_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "ContactGroupMember" (
    "accountId" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "contactId" TEXT NOT NULL,

    CONSTRAINT "ContactGroupMember_pkey" PRIMARY KEY ("accountId", "groupId", "contactId")
);

CREATE TABLE "DirectoryEntry" (
    "id" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "organization" TEXT NOT NULL DEFAULT '',
    "phone" TEXT NOT NULL DEFAULT '',
    "note" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "DirectoryEntry_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Correspondent" (
    "accountId" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "count" INTEGER NOT NULL DEFAULT 0,
    "lastAt" TIMESTAMP(3) NOT NULL,
    "isForgotten" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Correspondent_pkey" PRIMARY KEY ("accountId", "address")
);

CREATE TABLE "TrustedSender" (
    "accountId" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "TrustedSender_pkey" PRIMARY KEY ("accountId", "sender")
);

CREATE TABLE "Template" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "subject" TEXT NOT NULL DEFAULT '',
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Template_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "FilterRule" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "match" TEXT NOT NULL DEFAULT 'all',
    "conditions" TEXT NOT NULL,
    "actions" TEXT NOT NULL,
    "isLast" BOOLEAN NOT NULL DEFAULT false,
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "FilterRule_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "Vacation" (
    "accountId" TEXT NOT NULL,
    "isOn" BOOLEAN NOT NULL DEFAULT false,
    "startsAt" TIMESTAMP(3),
    "endsAt" TIMESTAMP(3),
    "subject" TEXT NOT NULL DEFAULT '',
    "text" TEXT NOT NULL DEFAULT '',
    "intervalDays" INTEGER NOT NULL DEFAULT 7,
    "audience" TEXT NOT NULL DEFAULT 'anyone',
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Vacation_pkey" PRIMARY KEY ("accountId")
);

CREATE TABLE "VacationAnswer" (
    "accountId" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "VacationAnswer_pkey" PRIMARY KEY ("accountId", "sender")
);

CREATE TABLE "Collection" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "protocol" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "tlsMode" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "source" TEXT NOT NULL DEFAULT 'INBOX',
    "target" TEXT NOT NULL DEFAULT 'INBOX',
    "isKept" BOOLEAN NOT NULL DEFAULT true,
    "intervalMinutes" INTEGER NOT NULL DEFAULT 15,
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "nextAt" TIMESTAMP(3) NOT NULL,
    "lastAt" TIMESTAMP(3),
    "lastCount" INTEGER NOT NULL DEFAULT 0,
    "lastError" TEXT NOT NULL DEFAULT '',
    "failures" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Collection_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE TABLE "Collected" (
    "accountId" TEXT NOT NULL,
    "collectionId" TEXT NOT NULL,
    "uid" TEXT NOT NULL,

    CONSTRAINT "Collected_pkey" PRIMARY KEY ("accountId", "collectionId", "uid")
);

CREATE TABLE "Snooze" (
    "accountId" TEXT NOT NULL,
    "emailId" TEXT NOT NULL,
    "folder" TEXT NOT NULL,
    "until" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Snooze_pkey" PRIMARY KEY ("accountId", "emailId")
);

CREATE TABLE "CalendarEvent" (
    "accountId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "uid" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "place" TEXT NOT NULL DEFAULT '',
    "text" TEXT NOT NULL DEFAULT '',
    "startsAt" TIMESTAMP(3) NOT NULL,
    "endsAt" TIMESTAMP(3) NOT NULL,
    "isAllDay" BOOLEAN NOT NULL DEFAULT false,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "recurrence" TEXT NOT NULL DEFAULT '',
    "timeZone" TEXT NOT NULL DEFAULT '',
    "reminderMinutes" INTEGER,
    "answer" TEXT NOT NULL DEFAULT '',
    "source" TEXT NOT NULL DEFAULT '',
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "CalendarEvent_pkey" PRIMARY KEY ("accountId", "id")
);

CREATE INDEX "Contact_accountId_name_idx" ON "Contact"("accountId", "name");

CREATE INDEX "ContactAddress_accountId_address_idx" ON "ContactAddress"("accountId", "address");

CREATE UNIQUE INDEX "ContactGroup_accountId_name_key" ON "ContactGroup"("accountId", "name");

CREATE INDEX "ContactGroupMember_accountId_contactId_idx" ON "ContactGroupMember"("accountId", "contactId");

CREATE UNIQUE INDEX "DirectoryEntry_domainId_address_key" ON "DirectoryEntry"("domainId", "address");

CREATE INDEX "Correspondent_accountId_lastAt_idx" ON "Correspondent"("accountId", "lastAt");

CREATE INDEX "VacationAnswer_at_idx" ON "VacationAnswer"("at");

CREATE INDEX "Collection_nextAt_idx" ON "Collection"("nextAt");

CREATE INDEX "Snooze_until_idx" ON "Snooze"("until");

CREATE INDEX "CalendarEvent_accountId_startsAt_idx" ON "CalendarEvent"("accountId", "startsAt");

CREATE UNIQUE INDEX "CalendarEvent_accountId_uid_key" ON "CalendarEvent"("accountId", "uid");
