// A secret that is shown this once: to be copied, then gone.
'use client';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { CopyText } from '#components/ui/copy-text.tsx';
import { Field } from '#components/ui/field.tsx';
import { Textarea } from '#components/ui/input.tsx';

export function ToldOnce({
  label,
  secret,
  onDone,
}: {
  label: string;
  secret: string;
  onDone: () => void;
}) {
  return (
    <div className="flex flex-col gap-4 text-left">
      <Banner tone="warn">Copy it now: it is shown here this once and kept by nobody.</Banner>
      <div className="flex items-start gap-2">
        <Field label={label} className="min-w-0 flex-1">
          <Textarea
            readOnly
            rows={3}
            value={secret}
            className="resize-none font-mono break-all"
            onFocus={(event) => event.currentTarget.select()}
          />
        </Field>
        <span className="mt-6">
          <CopyText text={secret} label={`Copy ${label.toLowerCase()}`} />
        </span>
      </div>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
