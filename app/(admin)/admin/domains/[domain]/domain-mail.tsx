// The mail of the domain over time, for those who look after it.
import { Plot } from '#components/admin/plot/plot.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { LinkTabs } from '#components/ui/tabs.tsx';
import { findRange, ranges } from '#lib/numbers/timeline.ts';
import { buildHref } from '../../../parameters.ts';
import { describeDomainPlot, readDomainPlot } from '../../statistics/domain-plot.ts';

/** The shortest range would be a single point. */
const offered = ranges.filter(({ name }) => name !== '1h');

export async function DomainMail({ domain, rangeName }: { domain: string; rangeName?: string }) {
  const range = findRange(rangeName);
  const path = `/admin/domains/${encodeURIComponent(domain)}`;
  return (
    <Section title="Mail" description={describeDomainPlot(range)}>
      <div className="-mt-2 mb-3">
        <LinkTabs
          label="Time"
          active={range.name}
          items={offered.map(({ name, title }) => ({
            id: name,
            label: title,
            href: buildHref(path, { range: name }),
          }))}
        />
      </div>
      <Plot {...(await readDomainPlot(domain, range))} isLarge />
    </Section>
  );
}
