/**
 * `node --import tsx bench/cost-of-checks.ts [SUBMISSIONS] [ROUNDS]`: processor time of whole campaigns (bench/campaign.ts) before
 * there were a codec, evidence and write-once records, and now; and now with plain payloads. Each is a git worktree with the
 * packages of this one; they alternate, so that other work on the machine meets all of them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
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
  { name: 'before', commit: commitBefore, edit: undefined },
  {
    name: 'plain',
    commit: 'HEAD',
    edit: {
      file: 'src/local/stack/parts/environment.ts',
      from: '...(existsSync(home.codecKeys) && {',
      to: '...(existsSync(`${home.codecKeys}.none`) && {',
    },
  },
  { name: 'now', commit: 'HEAD', edit: undefined },
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
function treeOf({ name, commit, edit }: Variant): string {
  const tree = benchFolder(`tree-${name}`);
  if (existsSync(tree)) git('worktree', 'remove', '--force', tree);
  git('worktree', 'add', '--detach', tree, commit);
  symlinkSync(join(projectRoot(), 'node_modules'), join(tree, 'node_modules'));
  if (edit) {
    const file = join(tree, edit.file);
    const text = readFileSync(file, 'utf8');
    if (!text.includes(edit.from)) throw new Error(`${edit.file} has no ${edit.from}`);
    writeFileSync(file, text.replace(edit.from, edit.to));
  }
  execFileSync(process.execPath, ['-e', `import('./scripts/build.mjs').then(({ build }) => build())`], { cwd: tree });
  return tree;
}

function measure(variant: Variant['name'], tree: string): Measured {
  rmSync(join(tree, '.bench'), { recursive: true, force: true });
  const args = ['--import', 'tsx', 'bench/campaign.ts', String(submissions)];
  const { status } = spawnSync(process.execPath, args, { cwd: tree, stdio: ['ignore', 'ignore', 'inherit'] });
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
for (let round = 0; round < rounds; round += 1) for (const [name, tree] of trees) found.push(measure(name, tree));
for (const tree of trees.values()) git('worktree', 'remove', '--force', tree);

const of = (name: Variant['name']): Measured[] => found.filter(({ variant }) => variant === name);
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const meanMs = (name: Variant['name']): number => mean(of(name).map(({ ms }) => ms));
const percent = (share: number): string => `${share < 1 ? '−' : '+'}${Math.abs((share - 1) * 100).toFixed(1)} %`;
/** Of the means, and from the least to the most that two single campaigns say. */
const relative = (name: Variant['name'], to: Variant['name']): { text: string; mean: number } => {
  const ratios = of(name).flatMap((one) => of(to).map((other) => one.ms / other.ms));
  const ratio = meanMs(name) / meanMs(to);
  return {
    text: `${percent(ratio)} (${percent(Math.min(...ratios))} to ${percent(Math.max(...ratios))})`,
    mean: ratio,
  };
};
const rowOf = (what: string, name: Variant['name']): BenchResult['rows'][number] => ({
  what,
  found: `${of(name)
    .map(({ ms }) => ms)
    .join(' and ')} ms`,
});
const total = relative('now', 'before');
keepResult(
  'cost-of-checks',
  [
    {
      what: 'codec, verification and checks: processor time',
      found: total.text,
      aim: '≤ +10 %',
      met: total.mean <= 1.1,
    },
    { what: 'of it the codec', found: relative('now', 'plain').text },
    rowOf(`before (${commitBefore}): processor time per submission`, 'before'),
    rowOf('now with plain payloads', 'plain'),
    rowOf('now', 'now'),
  ],
  { submissions, rounds, found },
  [
    `Campaigns of ${submissions} with the same pauses and killed workers as the next ones. In brackets: the least and the most that two ` +
      'single campaigns differ. "Before" also lacks canaries and everything else that was added since. Loads of ' +
      `${Math.min(...found.map(({ load }) => load)).toFixed(0)} to ${Math.max(...found.map(({ load }) => load)).toFixed(0)} on the machine.`,
  ],
);
