import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/local/project-root.ts';
import { effectOf, type Request } from '../support/crash-points/effect-names.ts';
import { chains, elsewhere, lanePairs, lanePoints, pointsOf, runnerEffects } from '../support/crash-points/effects.ts';

describe('crash points', () => {
  it('are those of the page, in its order', () => {
    const page = readFileSync(join(projectRoot(), 'docs/verification/crash-points.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([\w-]+\.[\w-]+)` +\| (.+?) +\|/gm)].map(([, name, what]) => ({ name, what }));
    assert.deepEqual(rows, [...Object.values(chains).flat(), ...runnerEffects, ...elsewhere]);
  });

  it('have names of their own, and neighbours within one kind of workflow', () => {
    const all = [...lanePoints, ...pointsOf([...runnerEffects, ...elsewhere])];
    assert.equal(new Set(all).size, all.length);
    assert.equal(lanePairs.length, lanePoints.length - Object.keys(chains).length);
    assert.ok(lanePairs.includes('submitBatchJob.write-spec.after+submitBatchJob.submit-job.before'));
    assert.ok(!lanePairs.some((pair) => pair.startsWith('recordResult.signal.after+')));
  });

  const http = (method: string, path: string): Request => ({ kind: 'http', method, path });
  const grpc = (call: string): Request => ({
    kind: 'grpc',
    path: `/temporal.api.workflowservice.v1.WorkflowService/${call}`,
  });
  const engine = (...args: string[]): Request => ({ kind: 'program', program: '/usr/bin/podman', args });

  const named: [Request, string | undefined][] = [
    [http('PUT', '/holdout-runs/c/s/1/claim?x-id=PutObject'), 'write-claim'],
    [http('PUT', '/p-holdout-runs/c/s/1/spec.json'), 'write-spec'],
    [http('GET', '/holdout-runs/c/s/1/claim'), undefined],
    [http('PUT', '/holdout-results/c/ledger/s/1.json'), 'write-ledger'],
    [http('PUT', '/holdout-results/c/leaderboard.csv'), 'write-leaderboard'],
    [http('PUT', '/holdout-results/.codec-keys/n/k'), 'write-codec-keys'],
    [http('POST', '/holdout-results/c/bases/b?uploads'), 'write-bases'],
    [http('DELETE', '/holdout-results/c/work/x.json'), 'delete-work'],
    [http('POST', '/v1/submitjob'), 'submit-job'],
    [http('POST', '/v1/terminatejobs'), 'terminate-job'],
    [http('POST', '/v1/describejobs'), undefined],
    [grpc('SignalWorkflowExecution'), 'signal'],
    [grpc('RequestCancelWorkflowExecution'), 'request-cancel'],
    [grpc('DescribeWorkflowExecution'), undefined],
    [grpc('GetSystemInfo'), undefined],
    [{ kind: 'rename', from: '/store/.incoming-1' }, 'store-image'],
    [{ kind: 'rename', from: '/scratch/other' }, undefined],
    [engine('--root', '/x', 'create', '--name', 'y'), 'create-container'],
    [engine('ps', '--all'), undefined],
    [{ kind: 'program', program: 'mount', args: ['-t', 'tmpfs'] }, 'mount'],
    [{ kind: 'program', program: 'skopeo', args: ['--insecure-policy', 'copy', 'a', 'b'] }, 'copy-image'],
    [{ kind: 'program', program: 'skopeo', args: ['inspect', 'a'] }, undefined],
  ];
  for (const [request, name] of named)
    it(`${JSON.stringify(request)} is ${name ?? 'no effect'}`, () => assert.equal(effectOf(request), name));
});
