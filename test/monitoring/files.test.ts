import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { parse } from 'yaml';
import { campaignMetrics } from '../../src/worker/metrics/campaign-metrics.ts';
import { WorkerMetrics } from '../../src/worker/metrics/worker-metrics.ts';
import { alertRules, dashboardPanels, expressions, metricNamesIn, typesInScrape } from '../support/monitoring.ts';

/** Metrics of Prometheus itself. */
const ofPrometheus = ['up'];

/** The rows of the tables of the page: `| \`name\` | type | labels | meaning |`. */
const documented = new Map(
  [
    ...readFileSync('docs/operations/monitoring.md', 'utf8').matchAll(
      /^\| `(\w+)` *\| (\w+) *\| (.*?) *\| (.*?) *\|$/gm,
    ),
  ].map(([, name = '', type, labels = '', meaning]) => [name, { type, labels, meaning }]),
);

interface Case {
  alert_rule_test: { alertname: string; exp_alerts: unknown[] }[];
}

const cases = readdirSync('monitoring/cases').flatMap(
  (file) => (parse(readFileSync(join('monitoring/cases', file), 'utf8')) as { tests: Case[] }).tests,
);

describe('the names of metrics in an expression', () => {
  for (const [expression, names] of [
    ['max by (campaign, reason) (holdout_blocked{reason!="paused"}) == 1', ['holdout_blocked']],
    ['a_total - on () group_right () max by (b) (c{d="e"}) and on (f) g > 0.5', ['a_total', 'c', 'g']],
    ['histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m]))) or vector(0)', ['x_bucket']],
    ['absent(y) unless up{job=~"holdout.*"} == 0', ['y', 'up']],
    ['sum without (instance) (z offset_of)', ['z', 'offset_of']],
  ] as const) {
    it(`are found in ${expression}`, () => assert.deepEqual(metricNamesIn(expression), names));
  }
});

describe('the files of monitoring/', () => {
  it('name only metrics that the page lists', () => {
    const names = new Set(expressions().flatMap(metricNamesIn));
    assert.ok(names.size > 25, `${names.size} names`);
    const listed = (name: string): boolean =>
      ofPrometheus.includes(name) || documented.has(name) || documented.has(name.replace(/_bucket$/, ''));
    assert.deepEqual(
      [...names].filter((name) => !listed(name)),
      [],
    );
  });

  it('show every metric of a campaign on the dashboard', () => {
    const shown = new Set(
      dashboardPanels().flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricNamesIn(expr))),
    );
    const ours = [...documented.keys()].filter((name) => name.startsWith('holdout_'));
    assert.ok(ours.length > 20, `${ours.length} metrics`);
    assert.deepEqual(
      ours.filter((name) => !shown.has(name)),
      [],
    );
  });

  it('have for each alert a case in which it fires, and one in which it does not', () => {
    const tests = cases.flatMap(({ alert_rule_test }) => alert_rule_test);
    const firing = tests.filter(({ exp_alerts }) => exp_alerts.length > 0).map(({ alertname }) => alertname);
    const quiet = tests.filter(({ exp_alerts }) => exp_alerts.length === 0).map(({ alertname }) => alertname);
    const alerts = alertRules().map(({ alert }) => alert);
    assert.ok(alerts.length > 15, `${alerts.length} alerts`);
    assert.deepEqual([...new Set(firing)].sort(), [...alerts].sort());
    assert.deepEqual([...new Set(quiet)].sort(), [...alerts].sort());
  });

  it('show no metric of campaigns without saying which campaign', () => {
    for (const { title, targets = [] } of dashboardPanels())
      for (const { expr } of targets)
        for (const [, name = '', labels = ''] of expr.matchAll(/\b(holdout_\w+)(\{[^}]*\})?/g))
          if (documented.get(name)?.labels.includes('campaign'))
            assert.match(labels, /^\{campaign="\$campaign"/, `${title}: ${expr}`);
  });
});

describe('the page about metrics', () => {
  it('lists every metric of Holdout with type, labels and meaning, and no other', async () => {
    const metrics = new WorkerMetrics();
    metrics.followPoller({ outage: null });
    const client = { withDeadline: () => Promise.reject(new Error('no Temporal')) } as unknown as Client;
    metrics.followCampaigns(client, { of: () => new Map() });
    const text = await metrics.text();
    const helps = new Map(
      [...text.matchAll(/^# HELP (holdout_\w+) (.*)$/gm)].map(([, name = '', help]) => [name, help]),
    );
    const isOwn = ([name]: readonly [string, unknown]): boolean => name.startsWith('holdout_');
    const own = [...typesInScrape(text)].filter(isOwn).map(([name, type]) => [name, [type, helps.get(name)]]);
    const listed = [...documented].filter(isOwn).map(([name, { type, meaning }]) => [name, [type, meaning]]);
    assert.ok(own.length > 20, `${own.length} metrics`);
    assert.deepEqual(Object.fromEntries(own), Object.fromEntries(listed));
    for (const [name, { labels }] of Object.entries(campaignMetrics))
      assert.equal(documented.get(name)?.labels, labels.map((label) => `\`${label}\``).join(', '), name);
  });
});
