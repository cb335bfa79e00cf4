/**
 * `npm run test:security [-- [--write] [WORD …]]`: removes each control from a copy of the source and requires a named test to
 * notice; selection.ts has the words. The last line says `N passed, N failed`: controls that were noticed, and the others.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Control } from './control.ts';
import { areas, leftOut } from './controls.ts';
import { drillPage, drillSection, sectionsOf, type Removed } from './drill-page.ts';
import { MutantTree, type Verdict } from './mutant-tree.ts';
import { selection } from './selection.ts';

/** Each has a copy of the tree; more would compete for the processor and miss their deadlines. */
const treesAtOnce = 2;

const selected = selection(process.argv.slice(2));
if (selected.kind === 'said') throw new RangeError(selected.text);
const { wanted, writesPage } = selected;

/** Does work in each copy of the tree until no more is left. */
async function inTrees<Item>(items: readonly Item[], work: (tree: MutantTree, item: Item) => Promise<void>) {
  const waiting = [...items];
  const one = async (): Promise<void> => {
    const tree = new MutantTree();
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(tree, next);
    } finally {
      tree.remove();
    }
  };
  await Promise.all(Array.from({ length: treesAtOnce }, one));
}

const keyOf = ({ tests, grep }: Control): string => JSON.stringify([tests, grep]);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Tests that fail anyway would notice everything. */
async function unfitTests(): Promise<Map<string, Verdict>> {
  const unfit = new Map<string, Verdict>();
  const sets = new Map(wanted.map(({ control }) => [keyOf(control), control]));
  await inTrees([...sets], async (tree, [key, { tests, grep }]) => {
    const verdict = await tree.intact(tests, grep);
    if (verdict.kind === 'survived') return;
    unfit.set(key, verdict);
    say(`with every control in place: ${tests.join(' ')} ${grep ?? ''}: ${textOf(verdict)}`);
  });
  return unfit;
}

const textOf = (verdict: Verdict): string =>
  verdict.kind === 'noticed'
    ? verdict.by
    : verdict.kind === 'broken'
      ? verdict.output.slice(-2_000)
      : 'no test noticed';

const unfit = await unfitTests();
const removed: Removed[] = [];
await inTrees(wanted, async (tree, { area, control }) => {
  const verdict: Verdict = unfit.has(keyOf(control))
    ? { kind: 'broken', output: 'its tests fail with every control in place' }
    : await tree.without(control);
  removed.push({ area, control, verdict });
  say(`${verdict.kind === 'noticed' ? '✔' : '✘'} ${area}: ${control.control}: ${textOf(verdict)}`);
});

const failed = removed.filter(({ verdict }) => verdict.kind !== 'noticed');
for (const { area, control, verdict } of failed) {
  say(`failed: ${area}: ${control.control} (${control.file}): ${textOf(verdict)}`);
}
if (writesPage) writePage();
say(`${removed.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** The sections of areas that were not run stay as they are. */
function writePage(): void {
  const page = 'docs/security/drill.md';
  const sections = sectionsOf(readFileSync(page, 'utf8'));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const run = `Run on ${new Date().toISOString().slice(0, 10)} at ${commit}.`;
  const inOrder = wanted.flatMap(({ control }) => removed.filter((one) => one.control === control));
  for (const area of new Set(wanted.map((one) => one.area))) {
    const rows = inOrder.filter((one) => one.area === area);
    sections.set(area, drillSection(area, rows, run));
  }
  const all = Object.keys(areas).flatMap((area) => sections.get(area) ?? []);
  writeFileSync(page, drillPage(all, leftOut));
}
