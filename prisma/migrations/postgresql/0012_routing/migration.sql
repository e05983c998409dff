-- Routing: one ordered list of relay rules with conditions and targets, domains whose mailboxes are elsewhere.

ALTER TABLE "Domain" ADD COLUMN "elsewhere" TEXT NOT NULL DEFAULT '';
ALTER TABLE "QueueRecipient" ADD COLUMN "isLetGo" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "RelayRuleNew" (
    "id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "recipient" TEXT NOT NULL DEFAULT '',
    "sender" TEXT NOT NULL DEFAULT '',
    "user" TEXT NOT NULL DEFAULT '',
    "target" TEXT NOT NULL DEFAULT 'mx',
    "hosts" TEXT NOT NULL DEFAULT '',
    "fallbackHosts" TEXT NOT NULL DEFAULT '',
    "fallbackAfter" INTEGER NOT NULL DEFAULT 3,
    "tlsMode" TEXT NOT NULL DEFAULT 'opportunistic',
    "username" TEXT NOT NULL DEFAULT '',
    "secret" TEXT NOT NULL DEFAULT '',
    "sourceIpv4" TEXT NOT NULL DEFAULT '',
    "sourceIpv6" TEXT NOT NULL DEFAULT '',
    "helo" TEXT NOT NULL DEFAULT '',
    "family" TEXT NOT NULL DEFAULT '',
    "firstRetryMinutes" INTEGER,
    "maxRetryMinutes" INTEGER,
    "delayNoticeHours" INTEGER,
    "lifetimeHours" INTEGER,
    "concurrency" INTEGER,
    "rateDelaySeconds" INTEGER,
    "text" TEXT NOT NULL DEFAULT '',
    "comment" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RelayRuleNew_pkey" PRIMARY KEY ("id")
);

-- Recipients came before senders, senders before the default. "required" asked for a certificate that is checked.
INSERT INTO "RelayRuleNew" ("id", "position", "recipient", "sender", "target", "hosts", "tlsMode", "username", "secret",
    "comment", "createdAt")
SELECT "id",
    ROW_NUMBER() OVER (
        ORDER BY CASE "match" WHEN 'recipient' THEN 1 WHEN 'sender' THEN 2 ELSE 3 END, "position", "id"),
    CASE "match" WHEN 'recipient' THEN "pattern" ELSE '' END,
    CASE "match" WHEN 'sender' THEN "pattern" ELSE '' END,
    CASE "host" WHEN '' THEN 'mx' ELSE 'hosts' END,
    CASE
        WHEN "host" = '' THEN ''
        WHEN "host" LIKE '%:%' THEN '[' || "host" || ']:' || "port"
        ELSE "host" || ':' || "port"
    END,
    CASE WHEN "host" = '' THEN 'opportunistic' WHEN "tlsMode" = 'required' THEN 'verified' ELSE "tlsMode" END,
    "username", "secret", "comment", "createdAt"
FROM "RelayRule";

DROP TABLE "RelayRule";
ALTER TABLE "RelayRuleNew" RENAME TO "RelayRule";
ALTER TABLE "RelayRule" RENAME CONSTRAINT "RelayRuleNew_pkey" TO "RelayRule_pkey";
CREATE INDEX "RelayRule_position_idx" ON "RelayRule"("position");
