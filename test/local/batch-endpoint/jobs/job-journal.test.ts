import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobJournal } from '../../../../src/local/batch-endpoint/jobs/job-journal.ts';
import type { JobRecord } from '../../../../src/local/batch-endpoint/jobs/job-record.ts';

const record = (jobId: string, sequence: number, status: JobRecord['detail']['status']): JobRecord => ({
  sequence,
  queue: 'gpu',
  detail: { jobArn: '', jobId, jobName: jobId, jobDefinition: '', status, createdAt: 1, tags: {}, container: {} },
});

describe('the journal of simulated jobs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-journal-'));
  const file = join(folder, 'jobs.jsonl');
  after(() => rmSync(folder, { recursive: true }));

  it('has the last saved state of each job, also after a line that a kill cut in half', async () => {
    const first = new JobJournal(file);
    assert.deepEqual(await first.load(), []);
    first.save(record('a', 1, 'SUBMITTED'));
    first.save(record('b', 2, 'SUBMITTED'));
    first.save(record('a', 1, 'RUNNING'));
    appendFileSync(file, JSON.stringify(record('b', 2, 'RUNNING')).slice(0, 60));

    const second = new JobJournal(file);
    assert.deepEqual(await second.load(), [record('a', 1, 'RUNNING'), record('b', 2, 'SUBMITTED')]);
    second.save(record('b', 2, 'FAILED'));
    assert.deepEqual(await new JobJournal(file).load(), [record('a', 1, 'RUNNING'), record('b', 2, 'FAILED')]);
  });
});
