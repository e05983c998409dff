// The order of a list on narrow screens, where the headings of its columns are not shown: a choice among its search.
import { Select } from '#components/ui/input.tsx';

export function SortSelect<O extends string>({
  list,
  texts,
}: {
  list: { order: O; isDescending: boolean };
  texts: Record<O, string>;
}) {
  const value = `${list.isDescending ? '-' : ''}${list.order}`;
  return (
    <Select
      key={value}
      name="sort"
      defaultValue={value}
      aria-label="Order"
      className="w-[calc(50%-0.25rem)] md:hidden"
    >
      {Object.entries<string>(texts).flatMap(([order, text]) => [
        <option key={order} value={order}>
          {text}
        </option>,
        <option key={`-${order}`} value={`-${order}`}>
          {text}, falling
        </option>,
      ])}
    </Select>
  );
}
