import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CampaignRecord } from '../../support/campaigns/campaign-record.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';

/** Their runs end before the copy is made. */
const before = ['s0-0', 's1-0'];
/** Their runs end after the copy was made. */
const afterwards = ['s0-1', 's1-1', 's2-0'];
const last = 's2-1';

/** What was lost and comes from the copy: all, or only what is not on AWS in a campaign there. */
const parts = {
  'the whole home': { folder: '.', keptJobs: 2 },
  'Temporal’s database': { folder: 'temporal', keptJobs: 5 },
} as const;

for (const [what, { folder, keptJobs }] of Object.entries(parts)) {
  describe(`a campaign after ${what} was restored from a copy that was made while it ran`, function () {
    this.timeout(300_000);
    const home = new SimulatedHome({ teams: [2, 2, 2], slots: { g4: 2, p3: 1 }, budgetUsd: 500, unprobed: true });
    const record = new CampaignRecord(home.folder, home.campaign);
    const copies = mkdtempSync(join(tmpdir(), 'holdout-copies-'));
    const copy = join(copies, 'copy');
    after(async () => {
      await home.remove();
      rmSync(copies, { recursive: true });
    });

    it('knows at least what the copy knew', async () => {
      await home.open(Object.fromEntries([...afterwards, last].map((id) => [id, endless])));
      await home.begin();
      await home.until('two have finished, two run', ({ counts }) => counts.finished === 2 && counts.running === 2);
      execFileSync('cp', ['--archive', join(home.folder, folder), copy]);
      await home.behaveNow({ [last]: endless });
      await home.until('five have finished, one runs', ({ counts }) => counts.finished === 5 && counts.running === 1);
      await home.whileDown(() => {
        rmSync(join(home.folder, folder), { recursive: true });
        renameSync(copy, join(home.folder, folder));
      });
      await home.begin();
      await home.until('it goes on', ({ counts }) => counts.finished >= keptJobs);
    });

    it('ends with every result', async () => {
      await home.behaveNow({});
      await home.command(0, 'watch');
      const results = await home.results();
      record.check(results);
      const finished = results.submissions.flatMap(({ submission, state }) => (state === 'finished' ? submission : []));
      assert.deepEqual(finished.sort(), [...before, ...afterwards, last].sort());
      assert.match(await home.command(0, 'check'), /no breach/);
      assert.match(await home.command(0, 'verify'), /the record is intact/);
    });

    it('pays for no run again that had ended', async () => {
      const { submissions } = await home.results();
      const once = [...before, ...(folder === 'temporal' ? afterwards : [])];
      for (const { submission, runs } of submissions.filter((one) => once.includes(one.submission)))
        assert.equal(runs.length, 1, submission);
      const jobs = await home.allJobs();
      for (const id of once)
        assert.equal(jobs.filter(({ runKey }) => runKey.split('/')[1] === id).length, 1, `jobs of ${id}`);
    });
  });
}
