// Why something is changed, for the history of the configuration. In any form of the panel it needs nothing more.
import { FormField } from '#components/ui/action-form.tsx';
import { Input } from '#components/ui/input.tsx';

export function ReasonField({ isLabelHidden = false }: { isLabelHidden?: boolean }) {
  return (
    <FormField name="reason" label="Reason" isOptional isLabelHidden={isLabelHidden}>
      <Input
        name="reason"
        maxLength={500}
        placeholder="Reason, for the history"
        autoComplete="off"
      />
    </FormField>
  );
}
