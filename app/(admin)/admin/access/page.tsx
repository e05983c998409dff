// Access rules by what they look at (Postfix: access(5), header_checks(5), body_checks(5)).
import { ShieldCheck } from 'lucide-react';
import type { Metadata } from 'next';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { findAccessRules, type PlacedRule } from '#lib/accounts/access-list.ts';
import { patternHelp } from '#lib/accounts/access-pattern.ts';
import { type AccessRule, accessScopes } from '#lib/accounts/access-rule.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { ListChoice } from '../../list-choice.tsx';
import { buildHref, type Parameters, readPage, readParameters } from '../../parameters.ts';
import { AccessRuleActions, AddAccessRule } from './access-forms.tsx';
import { actionTexts, actionTones, scopeTexts } from './access-texts.ts';
import { filterNames, readFilter, stateTexts } from './filter.ts';

export const metadata: Metadata = { title: 'Access rules' };

export default async function AccessPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const parameters = await readParameters(searchParams);
  const chosen = Object.fromEntries(filterNames.map((name) => [name, parameters[name] ?? '']));
  const isFiltered = Object.values(chosen).some((text) => text !== '');
  const [found, pageSize] = await Promise.all([
    findAccessRules(readFilter(chosen)),
    readSetting('web.pageSize'),
  ]);
  const lastPage = Math.max(1, Math.ceil(found.length / pageSize));
  const page = Math.min(readPage(parameters.page), lastPage);
  const rules = found.slice((page - 1) * pageSize, page * pageSize);
  const scopes = accessScopes.filter((scope) => rules.some((rule) => rule.scope === scope));
  return (
    <>
      <ListHeader
        title="Access rules"
        description="What you decide about single clients, addresses and contents, before and above the other checks. Of the rules of a kind the first that fits decides. Nobody can be let through to relay here, and postmaster and abuse stay reachable for everybody."
        total={rules.length}
        isFiltered={isFiltered}
        exportHref={buildHref('/admin/access/export', chosen)}
      >
        <AddAccessRule help={patternHelp} />
      </ListHeader>
      {(found.length > 0 || isFiltered) && <RuleFilter chosen={chosen} />}
      {rules.length === 0 && isFiltered && (
        <EmptyState
          isBoxed
          icon={<ShieldCheck />}
          title="No rule fits"
          action={<ButtonLink href="/admin/access">Show all rules</ButtonLink>}
        />
      )}
      {rules.length === 0 && !isFiltered && (
        <EmptyState
          isBoxed
          icon={<ShieldCheck />}
          title="No rule yet"
          action={<AddAccessRule help={patternHelp} />}
        >
          The checks decide alone. Add a rule to let a partner through, to shut a sender out, or to
          copy or redirect mail.
        </EmptyState>
      )}
      {scopes.map((scope) => {
        const own = rules.filter((rule) => rule.scope === scope);
        return (
          <section key={scope} className="mb-8">
            <h2 className="mb-2 flex items-baseline gap-2 text-lg font-semibold">
              {scopeTexts[scope].title}
              <span className="font-mono text-sm font-normal text-faint">
                {scopeTexts[scope].about}
              </span>
            </h2>
            <Table label={`Rules: ${scopeTexts[scope].title}`}>
              <TableHead>
                <Th>Fits</Th>
                <Th className="hidden sm:table-cell">Then</Th>
                <Th>
                  <span className="sr-only">Actions</span>
                </Th>
              </TableHead>
              <TableBody>
                {own.map((rule) => (
                  <Row key={rule.id} rule={rule} />
                ))}
              </TableBody>
            </Table>
          </section>
        );
      })}
      <Pagination
        page={page}
        pageSize={pageSize}
        total={found.length}
        hrefOf={(to) => buildHref('/admin/access', { ...chosen, page: to })}
      />
    </>
  );
}

function RuleFilter({ chosen }: { chosen: Record<string, string> }) {
  const { q = '', scope, action, state } = chosen;
  return (
    <SearchForm action="/admin/access" label="Search pattern, text or comment" initial={q}>
      <ListChoice
        name="scope"
        value={scope}
        label="Looks at"
        all="All kinds"
        options={accessScopes.map((each) => [each, scopeTexts[each].title])}
      />
      <ListChoice
        name="action"
        value={action}
        label="Action"
        all="All actions"
        options={Object.entries(actionTexts).map(([each, text]) => [each, shorten(text)])}
      />
      <ListChoice
        name="state"
        value={state}
        label="State"
        all="On and off"
        options={Object.entries(stateTexts)}
      />
    </SearchForm>
  );
}

/** "Accept: past the checks" → "Accept" */
function shorten(text: string): string {
  return text.replace(/:.*/, '');
}

function Row({ rule }: { rule: PlacedRule }) {
  return (
    <TableRow>
      <Td className="w-full max-w-0 sm:w-1/2">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="truncate font-mono">{rule.pattern}</span>
          {rule.isDisabled && <Badge tone="warn">off</Badge>}
        </span>
        <span className="mt-1 block sm:hidden">
          <Action rule={rule} />
        </span>
        {rule.comment && <span className="block truncate text-sm text-muted">{rule.comment}</span>}
      </Td>
      <Td className="hidden w-1/2 max-w-0 sm:table-cell">
        <Action rule={rule} />
      </Td>
      <Td>
        <AccessRuleActions rule={rule} place={rule.place} isLast={rule.isLast} help={patternHelp} />
      </Td>
    </TableRow>
  );
}

function Action({ rule }: { rule: AccessRule }) {
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <Badge tone={actionTones[rule.action]}>{shorten(actionTexts[rule.action])}</Badge>
      <span className="truncate text-sm text-muted">{rule.argument}</span>
    </span>
  );
}
