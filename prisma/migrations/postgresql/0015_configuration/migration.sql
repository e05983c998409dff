-- The history of the configuration, and which daemons have read it.

CREATE TABLE "Revision" (
    "id" INTEGER NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "by" TEXT NOT NULL,
    "place" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    "reason" TEXT NOT NULL DEFAULT '',
    "groupId" TEXT NOT NULL,
    "undoes" INTEGER,
    "pendingUntil" TIMESTAMP(3),

    CONSTRAINT "Revision_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "RevisionCounter" (
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "RevisionCounter_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Node" (
    "id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "seenAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Node_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "Revision_at_idx" ON "Revision"("at");
CREATE INDEX "Revision_kind_key_idx" ON "Revision"("kind", "key");
CREATE INDEX "Revision_groupId_idx" ON "Revision"("groupId");
CREATE INDEX "Revision_undoes_idx" ON "Revision"("undoes");
CREATE INDEX "Revision_pendingUntil_idx" ON "Revision"("pendingUntil");
CREATE INDEX "Node_seenAt_idx" ON "Node"("seenAt");
