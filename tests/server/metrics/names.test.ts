// The names that dashboards and alerts of others are built on: a change here breaks them, so it is written down. No label
// can hold an address, a user or a domain. Dashboard and rules in docs/monitoring ask for nothing that does not exist.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { collectDefaultMetrics } from 'prom-client';
import { parse } from 'yaml';
import { registry } from '#server/metrics/index.ts';
import '#server/metrics/servers.ts';

type Metric = { name: string; type: string; labelNames?: string[] };
const list = () => registry.getMetricsAsArray() as unknown as Metric[];

const ours: Record<string, [type: string, ...labels: string[]]> = {
  mail_smtp_connections_total: ['counter', 'listener', 'tls'],
  mail_messages_received_total: ['counter', 'result', 'class'],
  mail_messages_sent_total: ['counter', 'result'],
  mail_rejects_total: ['counter', 'stage', 'reason'],
  mail_check_hits_total: ['counter', 'check', 'outcome'],
  mail_auth_total: ['counter', 'protocol', 'result'],
  mail_bounces_total: ['counter', 'code_class'],
  mail_dns_answers_total: ['counter', 'result'],
  mail_job_runs_total: ['counter', 'job', 'result'],
  mail_sessions: ['gauge', 'protocol'],
  mail_queue_messages: ['gauge', 'state'],
  mail_queue_oldest_seconds: ['gauge'],
  mail_disk_bytes: ['gauge', 'kind'],
  mail_config_revision: ['gauge'],
  mail_cert_expiry_seconds: ['gauge'],
  mail_block_list_hits: ['gauge'],
  mail_health: ['gauge', 'part'],
  mail_delivery_seconds: ['histogram', 'stage'],
  mail_command_seconds: ['histogram', 'protocol', 'command'],
  mail_database_seconds: ['histogram', 'step'],
};

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'monitoring');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

type Rule = {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
};

describe('metrics', () => {
  it('have these names, types and labels, and no others', () => {
    const found = list()
      .filter(({ name }) => name.startsWith('mail_'))
      .map(({ name, type, labelNames = [] }) => [name, [type, ...labelNames]]);
    assert.deepEqual(Object.fromEntries(found), ours);
  });

  it('are all described in docs/monitoring.md', () => {
    const text = readFileSync(join(folder, '..', 'monitoring.md'), 'utf8');
    for (const [name, [, ...labels]] of Object.entries(ours)) {
      const row = text.split('\n').find((line) => line.includes(`\`${name}\``)) ?? '';
      assert.ok(row, name);
      for (const label of labels) assert.ok(row.includes(label), `${name}: ${label}`);
    }
  });
});

describe('dashboard and alert rules', () => {
  if (!registry.getSingleMetric('process_cpu_seconds_total')) {
    collectDefaultMetrics({ register: registry });
  }
  const known = new Map(
    list().map(({ name, type, labelNames = [] }) => [name, { type, labelNames }]),
  );

  /** Every metric that an expression names exists, as the kind it is used as, with the labels it is asked for. */
  function check(expression: string): void {
    const names = [...expression.matchAll(/\b(?:mail|process|nodejs)_[a-z0-9_]+/g)];
    assert.ok(names.length > 0, `no metric in ${expression}`);
    for (const [name] of names) {
      const [, base = name, part] = /^(.*?)_(bucket|sum|count)$/.exec(name) ?? [];
      const metric = known.get(name) ?? known.get(base);
      assert.ok(metric, `${name} does not exist (${expression})`);
      if (!known.has(name)) assert.equal(metric.type, 'histogram', `${name}: ${part}`);
      const asked = [...expression.matchAll(new RegExp(`${name}\\{([^}]*)\\}`, 'g'))];
      for (const [, inner = ''] of asked) {
        for (const [, label = ''] of inner.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)) {
          assert.ok(
            [...metric.labelNames, 'le', 'job', 'instance'].includes(label),
            `${name} ${label}`,
          );
        }
      }
      const of = expression.slice(0, expression.indexOf(name));
      const isRate = /(rate|increase)\($/.test(of.slice(-9));
      const isCounted = metric.type === 'counter' || name !== base;
      assert.equal(isRate, isCounted, `${name} in ${expression}`);
    }
    const labels = names.flatMap(([name]) => {
      const base = name.replace(/_(bucket|sum|count)$/, '');
      return (known.get(name) ?? known.get(base))?.labelNames ?? [];
    });
    for (const [, by = ''] of expression.matchAll(/\bby \(([^)]*)\)/g)) {
      for (const label of by.split(/,\s*/)) {
        assert.ok([...labels, 'le', 'instance'].includes(label), `by ${label}: ${expression}`);
      }
    }
    let depth = 0;
    for (const letter of expression) depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
    assert.equal(depth, 0, expression);
  }

  it('every expression of the dashboard asks for what exists', () => {
    const board = JSON.parse(read('grafana.json'));
    assert.equal(board.uid, 'drey');
    const panels = board.panels as { id: number; title: string; targets?: { expr: string }[] }[];
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    assert.ok(expressions.length >= 15);
    for (const expression of expressions) check(expression.replaceAll('$__rate_interval', '5m'));
    const all = expressions.join(' ');
    for (const name of Object.keys(ours)) assert.ok(all.includes(name), `${name} is not shown`);
  });

  it('every alert asks for what exists and says what to do', () => {
    const { groups } = parse(read('alerts.yml')) as { groups: { name: string; rules: Rule[] }[] };
    const rules = groups.flatMap(({ rules }) => rules);
    assert.ok(rules.length >= 10);
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
    for (const { alert, expr, labels, annotations } of rules) {
      if (!/^up\b|^absent\(/.test(expr)) check(expr);
      assert.ok(['warning', 'critical'].includes(labels.severity), alert);
      assert.ok(annotations.summary && annotations.description, alert);
    }
  });
});
