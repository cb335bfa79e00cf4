import assert from 'node:assert/strict';
import type { Context } from '@temporalio/activity';
import type { ActivityExecuteInput, GetLogAttributesInput } from '@temporalio/worker';
import { runInLog } from '../../src/worker/run-in-log.ts';
import { WorkflowRuns } from '../../src/worker/workflow-runs.ts';

const execution = { workflowId: 'submission:case:s', runId: 'run-1' };

describe('the log of an activity', () => {
  /** The fields of a line that an activity with this input logs while it runs. */
  async function fieldsWith(order: unknown): Promise<Record<string, unknown> | undefined> {
    const runs = new WorkflowRuns();
    const { inbound, outbound } = runInLog(runs)({ info: { workflowExecution: execution } } as unknown as Context);
    assert.equal(runs.workflowOf('run-1'), execution.workflowId);
    let fields: Record<string, unknown> | undefined;
    const next = (): Promise<unknown> => {
      const input: GetLogAttributesInput = { workflowId: 'submission:case:s', attempt: 2 };
      fields = outbound?.getLogAttributes?.(input, (attributes) => attributes);
      return Promise.resolve('result');
    };
    const input = { args: [order], headers: {} } satisfies ActivityExecuteInput;
    assert.equal(await inbound?.execute?.(input, next), 'result');
    return fields;
  }

  it('has the run that it works for, beside the fields of Temporal', async () => {
    const fields = { workflowId: 'submission:case:s', attempt: 2 };
    assert.deepEqual(await fieldsWith({ campaign: 'case', submission: 's', n: 7 }), { ...fields, run: 7 });
  });

  for (const order of [undefined, null, 'text', {}, { n: '7' }, { holdoutUnauthenticated: 'plain' }])
    it(`has no run with the input ${JSON.stringify(order)}`, async () => {
      assert.deepEqual(Object.keys((await fieldsWith(order)) ?? {}), ['workflowId', 'attempt']);
    });
});
