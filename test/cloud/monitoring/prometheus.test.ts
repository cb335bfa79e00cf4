import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parse, stringify } from 'yaml';
import { MonitoredCampaign, places } from '../../support/campaigns/monitored-campaign.ts';
import { debianPrograms, ProgramsUnavailable } from '../../support/debian-programs.ts';
import { eventually } from '../../support/eventually.ts';
import { alertRules, dashboardPanels } from '../../support/monitoring.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { ServerProcess } from '../server-process.ts';

function programs(): { kind: 'present'; folder: string } | { kind: 'absent'; why: string } {
  try {
    return { kind: 'present', folder: join(debianPrograms('prometheus', ['prometheus']), 'usr/bin') };
  } catch (error) {
    if (error instanceof ProgramsUnavailable) return { kind: 'absent', why: error.message };
    throw error;
  }
}

const found = programs();
const skipped = found.kind === 'absent' ? ` (skipped: ${found.why})` : '';
const program = (name: string): string => join(found.kind === 'present' ? found.folder : '', name);

function promtool(args: string[], input = ''): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program('promtool'), args, { input, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe(`monitoring/, judged by promtool${skipped}`, function () {
  this.timeout(60_000);
  before(function () {
    if (found.kind === 'absent') this.skip();
  });
  const files = readdirSync('monitoring/cases').map((file) => join('monitoring/cases', file));
  const accepts = (args: string[]): void => {
    const { status, output } = promtool(args);
    assert.equal(status, 0, output);
  };

  it('has valid rules and a valid configuration', () => {
    accepts(['check', 'rules', 'monitoring/alerts.yml']);
    accepts(['check', 'config', 'monitoring/prometheus.yml']);
  });

  it('has alerts that fire in their cases, and in no other', () => accepts(['test', 'rules', ...files]));

  it('has cases that notice a changed alert', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdout-alerts-'));
    try {
      const rules = readFileSync('monitoring/alerts.yml', 'utf8');
      const [file = ''] = files;
      writeFileSync(join(folder, 'cases.yml'), readFileSync(file, 'utf8').replace('../alerts.yml', 'alerts.yml'));
      for (const [what, changed, status] of [
        ['none', rules, 0],
        ['a comparison', rules.replace('max by (campaign) (holdout_campaign_up) == 0', '$& or vector(1)'), 1],
        ['a name', rules.replaceAll('holdout_class_blocked', 'holdout_class_block'), 1],
      ] as const) {
        assert.equal(changed === rules, what === 'none', what);
        writeFileSync(join(folder, 'alerts.yml'), changed);
        const tested = promtool(['test', 'rules', join(folder, 'cases.yml')]);
        assert.equal(tested.status, status, `${what}: ${tested.output}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

interface Answer {
  status: string;
  error?: string;
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

describe(`the metrics of a campaign in a real Prometheus${skipped}`, function () {
  this.timeout(240_000);
  const campaign = new MonitoredCampaign();
  const folder = mkdtempSync(join(tmpdir(), 'holdout-prometheus-'));
  let server: ServerProcess | undefined;

  before(async function () {
    if (found.kind === 'absent') return this.skip();
    await campaign.open();
    const port = await freePort();
    writeFileSync(join(folder, 'prometheus.yml'), configuration());
    const flags = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    server = await ServerProcess.start(program('prometheus'), flags, port, '/-/ready');
  });
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
    if (found.kind === 'present') await campaign.remove();
  });

  /** The project's configuration with this stack's ports, a shorter interval, and rules by their full path. */
  function configuration(): string {
    const config = parse(readFileSync('monitoring/prometheus.yml', 'utf8')) as {
      global: object;
      rule_files: string[];
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    for (const { static_configs } of config.scrape_configs)
      for (const one of static_configs)
        one.targets = one.targets.map((target) => `127.0.0.1:${Number(target.split(':')[1]) - 9464 + campaign.port}`);
    config.global = { scrape_interval: '2s', evaluation_interval: '2s' };
    config.rule_files = config.rule_files.map((file) => join(process.cwd(), 'monitoring', file));
    return stringify(config);
  }

  async function query(expression: string): Promise<Answer> {
    const url = `${server?.url}/api/v1/query?query=${encodeURIComponent(expression)}`;
    return (await (await fetch(url)).json()) as Answer;
  }

  it('come from every endpoint of the configuration', async () => {
    await eventually('four targets are up, and were scraped twice', async () => {
      const { data } = await query('count_over_time(up[1m]) > 1 and up == 1');
      return data.result.length === Object.keys(places).length;
    });
  });

  it('have names, types and help as Prometheus wants them', async () => {
    for (const place of Object.keys(places) as (keyof typeof places)[]) {
      const { status, output } = promtool(['check', 'metrics'], await campaign.scrape(place));
      assert.equal(status, 0, `${place}: ${output}`);
      assert.equal(output, '', place);
    }
  });

  it('would not, with the names that the worker leaves out', async () => {
    const register = new Registry();
    collectDefaultMetrics({ register });
    assert.match(promtool(['check', 'metrics'], await register.metrics()).output, /nodejs_active_handles_total/);
  });

  it('answer every query of the dashboard', async () => {
    const empty: string[] = [];
    let count = 0;
    for (const { title, targets = [] } of dashboardPanels())
      for (const { expr } of targets) {
        count += 1;
        const { status, error, data } = await query(expr.replaceAll('$campaign', 'steered'));
        assert.equal(status, 'success', `${title}: ${expr}: ${error}`);
        if (data.result.length === 0) empty.push(title);
      }
    assert.ok(count > 30, `${count} queries`);
    assert.deepEqual(empty, []);
  });

  it('show the same on the dashboard as the command line', async () => {
    const { counts, money } = await campaign.home.progress();
    const titled = async (title: string): Promise<number> => {
      const [target] = dashboardPanels().find((panel) => panel.title === title)?.targets ?? [];
      assert.ok(target, `there is a panel ${title}`);
      const { data } = await query(target.expr.replaceAll('$campaign', 'steered'));
      return Number(data.result[0]?.value[1]);
    };
    assert.ok(Math.abs((await titled('Spent')) - money.spent / 1e6) < 1e-9, 'spent');
    assert.equal(await titled('Final'), (counts.finished + counts.failed) / 9);
    assert.equal(await titled('Answers'), 1);
  });

  it('fire no alert on a healthy campaign, and one on a worker that is away', async () => {
    await eventually('every alert was evaluated', async () => {
      const response = await fetch(`${server?.url}/api/v1/rules?type=alert`);
      const { data } = (await response.json()) as {
        data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
      };
      const rules = data.groups.flatMap(({ rules }) => rules);
      assert.deepEqual(
        rules.filter(({ lastError }) => lastError).map(({ name, lastError }) => `${name}: ${lastError}`),
        [],
      );
      return rules.length === alertRules().length && rules.every(({ health }) => health === 'ok');
    });
    const pending = async (): Promise<string[]> =>
      (await query('ALERTS{alertstate="pending"}')).data.result.map(({ metric }) => metric['alertname'] ?? '');
    assert.deepEqual((await query('ALERTS{alertstate="firing"}')).data.result, []);
    process.kill(campaign.home.pidOf('scorer'), 'SIGSTOP');
    try {
      await eventually('the worker counts as away', async () => (await pending()).includes('HoldoutWorkerDown'), {
        withinMs: 90_000,
      });
    } finally {
      process.kill(campaign.home.pidOf('scorer'), 'SIGCONT');
    }
  });
});
