/**
 * `node --import tsx bench/forecast.ts`: forecasts of simulated campaigns of every kind, made after a quarter of the
 * submissions and later, compared with the course of the campaigns. Takes minutes and can be interrupted; several processes
 * can run at once. With `tune`, it uses another set of campaigns, on which rules may be tuned, and keeps no result.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibrationOf, type Calibration, type Judged } from './support/calibration.ts';
import { checksOf, drawnCase, type Check, type ForecastCase } from './support/forecast-cases.ts';
import { benchFolder, keepResult, type BenchResult } from './support/results.ts';

/** Chosen before any tuning; no rule has been changed because of the reported seeds. */
const seeds = { tuned: { from: 1, cases: 200 }, reported: { from: 100_001, cases: 200 } };
/** Shares of ended submissions at which a forecast is made. */
const shares = [0.25, 0.4, 0.55, 0.7, 0.85];

interface Tried {
  tried: ForecastCase;
  checks: Check[];
}

/** The tested rules, as committed. */
const rules = execFileSync('git', ['rev-parse', '--short', 'HEAD:src/campaign'], { encoding: 'utf8' }).trim();

function backTest({ from, cases }: { from: number; cases: number }): Tried[] {
  const folder = join(benchFolder('forecast'), rules);
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: cases }, (_, place) => {
    // Parallel processes begin with different seeds.
    const seed = from + ((place + process.pid) % cases);
    const file = join(folder, `${seed}.json`);
    if (place % 25 === 0) console.error(`${place} of ${cases} campaigns`);
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Tried;
    const tried = drawnCase(seed);
    const done: Tried = { tried, checks: checksOf(tried, shares) };
    writeFileSync(file, JSON.stringify(done));
    return done;
  });
}

const judgedFinish = ({ forecast, truth, now }: Check): Judged[] =>
  forecast ? [{ predicted: forecast.finish, actual: truth.finish, left: truth.finish - now }] : [];
const judgedSpend = ({ forecast, truth, spent }: Check): Judged[] =>
  forecast ? [{ predicted: forecast.spend, actual: truth.spend, left: truth.spend - spent }] : [];

interface Both {
  finish: Calibration;
  spend: Calibration;
}

const bothOf = (checks: readonly Check[]): Both => ({
  finish: calibrationOf(checks.flatMap(judgedFinish)),
  spend: calibrationOf(checks.flatMap(judgedSpend)),
});

/** The properties by which campaigns are grouped. */
const kinds: Record<string, (tried: ForecastCase, check: Check) => number | string> = {
  'share that had ended': (_, { at }) => at,
  submissions: ({ submissions }) => submissions,
  slots: ({ slots }) => slots,
  durations: ({ durations }) => durations,
  'too large for the cheap class': ({ large }) => large,
  failing: ({ failing }) => failing,
  probed: ({ probed }) => String(probed),
  disturbance: ({ disturbance }) => disturbance,
};

function byKind(all: readonly Tried[]): Record<string, Record<string, Both>> {
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, of]) => {
      const groups = new Map<string, Check[]>();
      for (const { tried, checks } of all) {
        for (const check of checks) {
          const name = `${of(tried, check)}`;
          groups.set(name, [...(groups.get(name) ?? []), check]);
        }
      }
      return [
        kind,
        Object.fromEntries(
          [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, checks]) => [name, bothOf(checks)]),
        ),
      ];
    }),
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function rowsOf(what: string, calibration: Calibration): BenchResult['rows'] {
  const { checks, within80, belowP10, upToP50, upToP90, withinP50P90, width, upperWidth, error } = calibration;
  return [
    {
      what: `${what}: P10–P90 contains the actual value, of ${checks} checks`,
      found: `${percent(within80)} (${percent(belowP10)} below, ${percent(1 - upToP90)} above)`,
      aim: '≥ 80 %',
      met: within80 >= 0.8,
    },
    { what: `${what}: actual values at or below P50`, found: percent(upToP50), aim: '50 % if calibrated' },
    { what: `${what}: actual values at or below P90`, found: percent(upToP90), aim: '90 % if calibrated' },
    {
      what: `${what}: P50–P90 contains the actual value (40 % if calibrated)`,
      found: percent(withinP50P90),
      aim: '≥ 80 %',
      met: withinP50P90 >= 0.8,
    },
    {
      what: `${what}: medians, as shares of the remaining time or cost`,
      found: `P10–P90 ${percent(width)}, P50–P90 ${percent(upperWidth)}, P50 to the actual value ${percent(error)}`,
    },
  ];
}

function print(kindsFound: Record<string, Record<string, Both>>): void {
  for (const [kind, groups] of Object.entries(kindsFound)) {
    for (const [name, both] of Object.entries(groups)) {
      const text = ({ within80, belowP10, upToP50, upToP90, width, error }: Calibration): string =>
        `${percent(within80)} (${percent(belowP10)}, ${percent(upToP50)}, ${percent(upToP90)}) width ${percent(width)}, error ${percent(error)}`;
      console.error(`${kind} ${name}: ${both.finish.checks}; finish ${text(both.finish)}; spend ${text(both.spend)}`);
    }
  }
}

const isTuning = process.argv[2] === 'tune';
const all = backTest(isTuning ? seeds.tuned : seeds.reported);
const checks = all.flatMap((one) => one.checks);
const both = bothOf(checks);
const found = byKind(all);
print(found);
const none = checks.filter(({ forecast }) => forecast === null).length;
const rows: BenchResult['rows'] = [
  ...rowsOf('finish', both.finish),
  ...rowsOf('spend', both.spend),
  { what: 'checks without a forecast', found: `${none}` },
];
if (isTuning) {
  for (const { what, found: text } of rows) console.log(`${what}: ${text}`);
} else {
  keepResult('forecast', rows, { seeds: seeds.reported, shares, ...both, byKind: found });
}
