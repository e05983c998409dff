// Changes of the configuration: when, who, from where, what stood there and what stands there now.
import { Badge } from '#components/ui/badge.tsx';
import { Time } from '#components/ui/time.tsx';
import { refuseUndo } from '#lib/configuration/undo.ts';
import { type Difference, describeChange } from '#lib/configuration/words.ts';
import type { ListedRevision } from '#lib/history/revision.ts';
import { GroupButton } from './group-button.tsx';
import { UndoButton } from './undo-button.tsx';

export function RevisionList({ revisions }: { revisions: ListedRevision[] }) {
  const groups = Map.groupBy(revisions, ({ groupId }) => groupId);
  return (
    <ol className="divide-y">
      {revisions.map((revision) => (
        <RevisionRow
          key={revision.id}
          revision={revision}
          group={groups.get(revision.groupId) ?? []}
        />
      ))}
    </ol>
  );
}

function RevisionRow({
  revision,
  group,
}: {
  revision: ListedRevision;
  /** Those on this page that were made together with it, newest first */
  group: ListedRevision[];
}) {
  const { id, at, by, place, subject, reason, undoes, undoneBy, groupSize } = revision;
  const { what, differences } = describeChange(revision);
  const refusal = refuseUndo(revision);
  const isBack = group.length === groupSize && group.every((one) => one.undoneBy !== null);
  const mayGoTogether = groupSize > 1 && group[0]?.id === id && !isBack;
  return (
    <li
      id={`revision-${id}`}
      className="grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-3 sm:gap-x-4 gap-y-0.5 px-4 py-2.5"
    >
      <span className="min-w-8 pt-0.5 font-mono text-sm text-muted">{id}</span>
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2 break-words">
          <span className="font-medium wrap-anywhere">{subject}</span>
          {what === 'added' && <Badge tone="ok">added</Badge>}
          {what === 'removed' && <Badge tone="danger">removed</Badge>}
          {undoes !== null && (
            <Badge tone="info">
              <a href={`#revision-${undoes}`}>takes back {undoes}</a>
            </Badge>
          )}
          {undoneBy !== null && (
            <Badge>
              <a href={`#revision-${undoneBy}`}>taken back by {undoneBy}</a>
            </Badge>
          )}
          {revision.pendingUntil && <Badge tone="warn">waits to be confirmed</Badge>}
        </p>
        <Differences differences={differences} isWhole={what !== 'changed'} />
        {reason && <p className="text-sm break-words italic">“{reason}”</p>}
        <p className="text-sm break-words text-muted">
          <Time at={at} className="tabular-nums" /> · {by || 'unknown'}
          {place && place !== by && <span className="text-faint"> from {place}</span>}
        </p>
        {refusal && <p className="text-sm break-words text-faint">No undo: {refusal}</p>}
      </div>
      <div className="flex flex-col items-end gap-1">
        {refusal === null && undoneBy === null && (
          <UndoButton id={id} subject={subject} text={describeUndo(revision)} />
        )}
        {mayGoTogether && <GroupButton id={id} size={groupSize} />}
      </div>
    </li>
  );
}

const shownFields = 8;

function Differences({
  differences,
  isWhole,
}: {
  differences: Difference[];
  /** Added or removed: one side is empty. */
  isWhole: boolean;
}) {
  if (differences.length === 0) return null;
  const hidden = differences.length - shownFields;
  return (
    <dl className="my-0.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-sm">
      {differences.slice(0, shownFields).map(({ field, before, after }) => (
        <div key={field} className="contents">
          <dt className="text-muted">{field}</dt>
          <dd className="break-words">
            {isWhole ? (
              before || after
            ) : (
              <>
                <span className="text-muted">{before}</span>
                <span className="text-faint"> → </span>
                {after}
              </>
            )}
          </dd>
        </div>
      ))}
      {hidden > 0 && <dd className="col-start-2 text-faint">and {hidden} more</dd>}
    </dl>
  );
}

function describeUndo({ kind, subject, before, after }: ListedRevision): string {
  const { what, differences } = describeChange({ kind, subject, before: after, after: before });
  if (what === 'removed') return `${subject} is removed again.`;
  if (what === 'added') return `${subject} is added again, as it was.`;
  return differences.map(({ field, after: old }) => `${field}: ${old}`).join(', ');
}
