// Whose defaults are shown.
'use client';
import { useRouter } from 'next/navigation';
import { Field } from '#components/ui/field.tsx';
import { Select } from '#components/ui/input.tsx';

export function ChooseDomain({ domain, places }: { domain: string; places: string[] }) {
  const router = useRouter();
  return (
    <Field label="Domain" help="What a domain leaves empty is as for all domains.">
      <Select
        value={domain}
        className="max-w-xs"
        onChange={(event) =>
          router.push(`/admin/users/defaults?domain=${encodeURIComponent(event.target.value)}`)
        }
      >
        {places.map((name) => (
          <option key={name} value={name}>
            {name === '*' ? 'All domains' : name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
