// Mocha's own report, and at its end how many tests passed, failed and were skipped: in the file HOLDOUT_TEST_COUNTS with
// what failed, or as the last line when there is none.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class SummaryReporter extends Mocha.reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    const file = process.env['HOLDOUT_TEST_COUNTS'];
    const failed = this.failures.map((test) => `${test.fullTitle()}\n${test.err?.stack ?? test.err}`);
    if (file) return writeFileSync(file, JSON.stringify({ passes, failures, pending, failed }));
    process.stdout.write(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}\n`);
  }
}
