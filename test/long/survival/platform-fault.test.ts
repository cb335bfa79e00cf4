import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildExample } from '../../../examples/spliced-clips/build.ts';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import { which } from '../../../src/local/tools/find-engine.ts';
import { CampaignHome, resultsOf } from '../../support/campaign-command.ts';
import { partOfExample } from '../../support/campaigns/part-of-example.ts';

describe('the example on a machine whose container engine breaks', function () {
  this.timeout(300_000);
  const home = new CampaignHome();
  const path = process.env['PATH'];
  const programs = mkdtempSync(join(tmpdir(), 'holdout-engine-'));
  /** While this file exists, the engine refuses to create containers. */
  const broken = join(programs, 'broken');
  after(async () => {
    await home.remove();
    process.env['PATH'] = path;
    rmSync(programs, { recursive: true, force: true });
  });

  before(async () => {
    const engine = which('podman') ?? assert.fail('no podman');
    const refuse = `[ -e ${broken} ] && for word; do [ "$word" = create ] && { echo "Error: boom" >&2; exit 125; }; done`;
    writeFileSync(join(programs, 'podman'), `#!/bin/sh\n${refuse}\nexec ${engine} "$@"\n`);
    chmodSync(join(programs, 'podman'), 0o755);
    process.env['PATH'] = `${programs}:${path}`;
    // The stack stays up while its campaign is blocked; it tests the engine before that breaks.
    await home.start(['local', 'up']).until('the stack is up', () => existsSync(join(home.folder, 'stack.json')));
  });

  it('loses only a few runs, says why it is blocked and how to continue, and then ends as usual', async () => {
    const example = await buildExample(join(new ToolCache().folder, 'examples', 'spliced-clips'), () => undefined);
    const file = partOfExample(example, home.folder, ['coin-toss', 'edge-reader-1', 'laptop-1', 'memory-palace']);
    writeFileSync(broken, '');
    const held = await home.run('start', file, '--json');
    assert.equal(held.status, 3, held.stderr);
    assert.ok(home.jobs().length <= 6, `${home.jobs().length} jobs`);
    assert.match(
      held.stderr,
      /part is blocked: g4-like is blocked since .* its canary does not open it: .*Error: boom.* → .* resume part --class g4-like/,
    );
    const states = new Set(resultsOf(held).submissions.map(({ state }) => state));
    assert.ok(!states.has('failed'), 'no submission has failed because of it');
    rmSync(broken);
    const resumed = await home.run('resume', 'part', '--class', 'g4-like');
    assert.equal(resumed.status, 0, resumed.stderr);
    const ended = await home.run('start', file, '--json');
    const { submissions } = resultsOf(ended);
    assert.deepEqual(Object.fromEntries(submissions.map(({ submission, state }) => [submission, state])), {
      'coin-toss': 'finished',
      'edge-reader-1': 'finished',
      'laptop-1': 'failed',
      'memory-palace': 'failed',
    });
    const verified = await home.run('verify', 'part');
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  });
});
