// Taking back what was changed together: first what would come back and what would stay, then all of the first or nothing.
'use client';
import { Undo2 } from 'lucide-react';
import { useState, useTransition } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { GroupPart } from '#lib/configuration/undo-group.ts';
import { previewGroupAction, undoGroupAction } from './actions.ts';

const shownParts = 100;

export function GroupButton({ id, size }: { id: number; size: number }) {
  const toast = useToast();
  const [preview, setPreview] = useState<{ error?: string; parts: GroupPart[] } | null>(null);
  const [isPending, start] = useTransition();
  const { error, parts = [] } = preview ?? {};
  const back = parts.filter(({ refusal }) => refusal === null);
  const staying = parts.filter(({ refusal }) => refusal !== null);
  const look = () => start(async () => setPreview(await previewGroupAction(id)));
  const undo = () =>
    start(async () => {
      const error = await undoGroupAction(
        id,
        back.map((part) => part.id),
      );
      if (error) return setPreview({ parts, error });
      setPreview(null);
      toast.show({ text: `${countChanges(back.length)} taken back` });
    });
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        icon={<Undo2 aria-hidden className="size-3.5" />}
        isPending={isPending && preview === null}
        aria-label={`Undo all ${size} changes made together with revision ${id}`}
        onClick={look}
      >
        Undo all {size}
      </Button>
      <Dialog
        isOpen={preview !== null}
        onClose={() => setPreview(null)}
        title={`Take back ${countChanges(size)} made together?`}
        size="lg"
        footer={
          <>
            <Button onClick={() => setPreview(null)}>Cancel</Button>
            {back.length > 0 && (
              <Button variant="primary" isPending={isPending} onClick={undo}>
                Undo {countChanges(back.length)}
              </Button>
            )}
          </>
        }
      >
        <div className="flex flex-col gap-4" data-preview>
          {error && (
            <Banner tone="danger">
              <span className="whitespace-pre-line">{error}</span>
            </Banner>
          )}
          <PartList title="Taken back, all or none" parts={back} />
          <PartList title="Stays" parts={staying} />
        </div>
      </Dialog>
    </>
  );
}

function PartList({ title, parts }: { title: string; parts: GroupPart[] }) {
  if (parts.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 text-sm font-medium text-muted">
        {title} ({parts.length})
      </h3>
      <ul className="divide-y rounded-md border">
        {parts.slice(0, shownParts).map(({ id, subject, refusal, note }) => (
          <li
            key={id}
            className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-3 px-3 py-1.5"
          >
            <span className="min-w-8 font-mono text-sm text-muted">{id}</span>
            <span className="wrap-anywhere">{subject}</span>
            {(refusal || note) && (
              <span className="col-start-2 text-sm wrap-anywhere text-muted">
                {refusal ?? note}
              </span>
            )}
          </li>
        ))}
        {parts.length > shownParts && (
          <li className="px-3 py-1.5 text-sm text-muted">and {parts.length - shownParts} more</li>
        )}
      </ul>
    </section>
  );
}

function countChanges(count: number): string {
  return count === 1 ? 'one change' : `${count} changes`;
}
