// One of the choices beside the search of a list.
import { Select } from '#components/ui/input.tsx';

export function ListChoice({
  name,
  value = '',
  label,
  all,
  options,
}: {
  name: string;
  value?: string;
  label: string;
  /** What stands for no choice */
  all: string;
  options: readonly (readonly [value: string, text: string])[];
}) {
  return (
    <Select
      key={value}
      name={name}
      defaultValue={value}
      aria-label={label}
      className="w-[calc(50%-0.25rem)] sm:w-40"
    >
      <option value="">{all}</option>
      {options.map(([each, text]) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </Select>
  );
}
