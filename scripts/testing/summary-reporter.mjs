// Mocha's spec report, followed by the counts: as JSON with the failures in the file HOLDOUT_TEST_COUNTS, or without that
// variable as the last line.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class SummaryReporter extends Mocha.reporters.Spec {
  /** @override */
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    const file = process.env['HOLDOUT_TEST_COUNTS'];
    const failed = this.failures.map((test) => `${test.fullTitle()}\n${test.err?.stack ?? test.err}`);
    if (file) return writeFileSync(file, JSON.stringify({ passes, failures, pending, failed }));
    process.stdout.write(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}\n`);
  }
}
