/**
 * `node --import tsx bench/cost-of-checks.ts [SUBMISSIONS] [ROUNDS]`: processor time of whole campaigns (bench/campaign.ts, without
 * its incidents) before there were a codec, evidence and write-once records, and now. Each is a git worktree with the packages of
 * this one; the campaigns of a round run at the same time, so that other work on the machine meets both.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../src/local/project-root.ts';
import { benchFolder, keepResult, type BenchResult } from './support/results.ts';

const submissions = Number(process.argv[2] ?? 400);
const rounds = Number(process.argv[3] ?? 2);

/** The last commit before the codec (d36287c) and `holdout verify` (c3532eb). */
const commitBefore = 'd2ef2b5';

const variants = [
  { name: 'before', commit: commitBefore },
  { name: 'now', commit: 'HEAD' },
] as const;
type Variant = (typeof variants)[number];

interface Measured {
  variant: Variant['name'];
  /** Milliseconds of processor time per submission, by process. */
  byProcess: Record<string, number>;
  ms: number;
  seconds: number;
  /** The machine's load when the campaign ended. */
  load: number;
}

const git = (...args: string[]): string => execFileSync('git', args, { cwd: projectRoot(), encoding: 'utf8' }).trim();

/** The worktree of a variant, built. */
function treeOf({ name, commit }: Variant): string {
  const tree = benchFolder(`tree-${name}`);
  if (existsSync(tree)) git('worktree', 'remove', '--force', tree);
  git('worktree', 'add', '--detach', tree, commit);
  symlinkSync(join(projectRoot(), 'node_modules'), join(tree, 'node_modules'));
  const file = join(tree, 'bench', 'campaign.ts');
  const text = readFileSync(file, 'utf8');
  // What a killed worker used since the last look is not known, and its successor takes seconds to start.
  if (!text.includes('[...incidents]')) throw new Error(`${file} has no incidents to leave out`);
  writeFileSync(file, text.replace('[...incidents]', '[] as typeof incidents'));
  execFileSync(process.execPath, ['-e', `import('./scripts/build.mjs').then(({ build }) => build())`], { cwd: tree });
  return tree;
}

async function measure(variant: Variant['name'], tree: string): Promise<Measured> {
  rmSync(join(tree, '.bench'), { recursive: true, force: true });
  const args = ['--import', 'tsx', 'bench/campaign.ts', String(submissions)];
  const bench = spawn(process.execPath, args, { cwd: tree, stdio: ['ignore', 'ignore', 'inherit'] });
  const [status] = (await once(bench, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`the campaign of ${variant} ended with ${status}`);
  const file = join(tree, 'bench', 'results', `campaign-${submissions}.json`);
  const { details } = JSON.parse(readFileSync(file, 'utf8')) as { details: CampaignDetails };
  const byProcess = Object.fromEntries(
    Object.entries(details.usage).map(([part, { cpuSeconds }]) => [
      part,
      Math.round((cpuSeconds / submissions) * 1000),
    ]),
  );
  const ms = Object.values(byProcess).reduce((sum, one) => sum + one, 0);
  const measured = { variant, byProcess, ms, seconds: Math.round(details.seconds), load: loadavg()[0] ?? 0 };
  console.error(JSON.stringify(measured));
  return measured;
}

interface CampaignDetails {
  seconds: number;
  usage: Record<string, { cpuSeconds: number }>;
}

const trees = new Map(variants.map((variant) => [variant.name, treeOf(variant)]));
const found: Measured[] = [];
for (let round = 0; round < rounds; round += 1) {
  found.push(...(await Promise.all([...trees].map(([name, tree]) => measure(name, tree)))));
}
for (const tree of trees.values()) git('worktree', 'remove', '--force', tree);

const of = (name: Variant['name']): Measured[] => found.filter(({ variant }) => variant === name);
const meanMs = (name: Variant['name']): number => of(name).reduce((sum, { ms }) => sum + ms, 0) / rounds;
const percent = (share: number): string => `${share < 1 ? '−' : '+'}${Math.abs((share - 1) * 100).toFixed(1)} %`;
const ratio = meanMs('now') / meanMs('before');
const ratios = of('now').flatMap((now) => of('before').map((before) => now.ms / before.ms));
const spread = `${percent(Math.min(...ratios))} to ${percent(Math.max(...ratios))}`;
const rowOf = (what: string, name: Variant['name']): BenchResult['rows'][number] => ({
  what,
  found: `${of(name)
    .map(({ ms }) => ms)
    .join(' and ')} ms`,
});
keepResult(
  'cost-of-checks',
  [
    {
      what: 'codec, verification and checks: processor time',
      found: `${percent(ratio)} (${spread})`,
      aim: '≤ +10 %',
      met: ratio <= 1.1,
    },
    rowOf(`before (${commitBefore}): processor time per submission`, 'before'),
    rowOf('now', 'now'),
  ],
  { submissions, rounds, found },
  [
    `Campaigns of ${submissions}, ${rounds} of each, one of each at the same time. In brackets: the least and the most that two ` +
      'single campaigns differ. Now also has canaries and everything else that was added since. Loads of ' +
      `${Math.min(...found.map(({ load }) => load)).toFixed(0)} to ${Math.max(...found.map(({ load }) => load)).toFixed(0)} on the machine.`,
  ],
);
