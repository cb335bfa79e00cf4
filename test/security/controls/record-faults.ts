import type { SourceFile } from 'typescript/unstable/ast';
import { toldApart, type Control } from '../control.ts';
import { parsedSources } from '../source/parsed-sources.ts';
import { removableCalls, unquoted, type Edit } from '../source/removable-calls.ts';
import { saidFaults } from '../source/said-faults.ts';

const testsOf = (names: readonly string[]): string[] => names.map((name) => `test/ledger/${name}.test.ts`);
const whenRead = testsOf(['record-rules', 'checked-score', 'unsealings', 'command-log', 'tampered-record']);
const whenVerified = testsOf([
  'verified-faults',
  'checked-objects',
  'canary-record',
  'verified-record',
  'older-record',
]);

const testsFor = (file: string): string[] => {
  if (file.includes('/verification/')) return whenVerified;
  return file.endsWith('/heads.ts') ? [...testsOf(['verified-faults']), ...whenRead] : whenRead;
};

/** Rules that say what is wrong with an object. */
const rules = [
  'chain-rules.ts',
  'checked-score.ts',
  'heads.ts',
  'verification/cost-fault.ts',
  'verification/published-facts.ts',
  'verification/verify-canaries.ts',
  'verification/verify-run.ts',
].map((name) => `src/ledger/${name}`);

/** What refuses a record, or notes a fault of one. */
const judges = ['recordChanged', 'findings.fault', 'objects.findings.fault', 'this.findings.fault'];
const judging = [
  'campaign-record.ts',
  'chains/numbered-chain.ts',
  'checked-score.ts',
  'ledger.ts',
  'read-pinned.ts',
  'verification/checked-objects.ts',
  'verification/explain-rest.ts',
  'verification/verify-campaign.ts',
  'verification/verify-canaries.ts',
  'verification/verify-chain.ts',
  'verification/verify-intake.ts',
  'verification/verify-published.ts',
  'verification/verify-requested.ts',
  'verification/verify-run.ts',
  'verification/verify-submission.ts',
].map((name) => `src/ledger/${name}`);

const controlsIn = (
  files: readonly string[],
  found: (source: SourceFile) => (Edit & { control: string })[],
): Control[] =>
  [...parsedSources(files)].flatMap(([file, source]) =>
    found(source).map((one) => ({ ...one, file, tests: testsFor(file) })),
  );

/** Every rule of the record, and every place where one that is broken is refused or noted, found in the source. */
export const recordFaultControls: Control[] = toldApart([
  ...controlsIn(rules, (source) =>
    saidFaults(source).map(({ words, from, to }) => ({ control: `the rule: ${words}`, from, to })),
  ),
  ...controlsIn(judging, (source) =>
    removableCalls(source, judges).map(({ arguments: [, , words = ''], from, to }) => ({
      control: `what refuses or notes: ${unquoted(words)}`,
      from,
      to,
    })),
  ),
]);
