// Access rules by what they look at (Postfix: access(5), header_checks(5), body_checks(5)).
import { ShieldCheck } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { patternHelp } from '#lib/accounts/access-pattern.ts';
import { type AccessRule, accessScopes, listAccessRules } from '#lib/accounts/access-rule.ts';
import { requireAdmin } from '../../../session.ts';
import { AccessRuleActions, AddAccessRule } from './access-forms.tsx';
import { actionTexts, actionTones, scopeTexts } from './access-texts.ts';

export const metadata: Metadata = { title: 'Access rules' };

export default async function AccessPage() {
  await requireAdmin();
  const rules = await listAccessRules();
  const scopes = accessScopes.filter((scope) => rules.some((rule) => rule.scope === scope));
  return (
    <>
      <PageHeader
        title="Access rules"
        description="What you decide about single clients, addresses and contents, before and above the other checks. Of the rules of a kind the first that fits decides. Nobody can be let through to relay here, and postmaster and abuse stay reachable for everybody."
        action={<AddAccessRule help={patternHelp} />}
      />
      {rules.length === 0 && (
        <div className="rounded-lg border bg-surface">
          <EmptyState
            icon={<ShieldCheck />}
            title="No rule yet"
            action={<AddAccessRule help={patternHelp} />}
          >
            The checks decide alone. Add a rule to let a partner through, to shut a sender out, or
            to copy or redirect mail.
          </EmptyState>
        </div>
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
                {own.map((rule, index) => (
                  <Row
                    key={rule.id}
                    rule={rule}
                    place={index + 1}
                    isLast={index === own.length - 1}
                  />
                ))}
              </TableBody>
            </Table>
          </section>
        );
      })}
    </>
  );
}

function Row({ rule, place, isLast }: { rule: AccessRule; place: number; isLast: boolean }) {
  return (
    <TableRow>
      <Td className="w-full max-w-0 sm:w-1/2">
        <span className="flex items-center gap-2">
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
        <AccessRuleActions rule={rule} place={place} isLast={isLast} help={patternHelp} />
      </Td>
    </TableRow>
  );
}

function Action({ rule }: { rule: AccessRule }) {
  return (
    <span className="flex items-center gap-2">
      <Badge tone={actionTones[rule.action]}>{actionTexts[rule.action].split(':')[0]}</Badge>
      <span className="truncate text-sm text-muted">{rule.argument}</span>
    </span>
  );
}
