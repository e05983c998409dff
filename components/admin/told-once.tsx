// A secret that is shown this once: to be copied, then gone.
'use client';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { CopyText } from '#components/ui/copy-text.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';

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
      <Field label={label}>
        <Input
          readOnly
          value={secret}
          className="font-mono"
          onFocus={(event) => event.currentTarget.select()}
        />
      </Field>
      <div className="flex items-center justify-end gap-2">
        <CopyText text={secret} label={`Copy ${label.toLowerCase()}`} />
        <Button variant="primary" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
