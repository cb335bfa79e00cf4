/**
 * `node --import tsx bench/ceiling.ts`: whole campaigns of 300 submissions alternate on one stack with bare ones, which run
 * the same activities and signals without content. Measures which share of the bare rate a whole campaign reaches.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { campaignWorkflowId } from '../src/ids.ts';
import { startWorkflow } from '../src/client/operator/start-workflow.ts';
import type { bareCampaign } from './workflows/bare-workflows.ts';
import { handInSimulated, openSimulatedStack, type SimulatedStack } from '../test/support/campaigns/simulated-stack.ts';
import { teamsOfTheCase } from '../test/support/campaigns/simulated-campaign.ts';
import { usageOf, usageOfParts } from './support/processes.ts';
import { benchFolder, keepResult, quantile } from './support/results.ts';

const submissions = 300;
const rounds = Number(process.argv[2] ?? 4);
const slots = { g4: 200, p3: 20 };

interface Block {
  seconds: number;
  cpuSeconds: number;
  /** By process of the stack. */
  parts: Record<string, number>;
}

async function main(): Promise<void> {
  const bench = await openSimulatedStack(benchFolder('ceiling'), { slots, timeScale: 1_800 });
  const bareWorker = fork(new URL('support/bare-worker.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  try {
    await once(bareWorker, 'message');
    const series = Date.now().toString(36);
    const blocks: { full: Block; bare: Block }[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const block = {
        full: await fullBlock(bench, `full-${series}-${round}`),
        bare: await bareBlock(bench, bareWorker, `bare-${series}-${round}`),
      };
      console.error(JSON.stringify(block));
      // The first round is a warm-up.
      if (round > 0) blocks.push(block);
    }
    const ratio = quantile(
      blocks.map(({ full, bare }) => bare.seconds / full.seconds),
      0.5,
    );
    const cpu = (kind: 'full' | 'bare'): string =>
      `${(
        (quantile(
          blocks.map((block) => block[kind].cpuSeconds),
          0.5,
        ) /
          submissions) *
        1000
      ).toFixed(0)} ms`;
    const rate = (kind: 'full' | 'bare'): string =>
      `${(
        submissions /
        quantile(
          blocks.map((block) => block[kind].seconds),
          0.5,
        )
      ).toFixed(2)} submissions/s`;
    keepResult(
      'ceiling',
      [
        {
          what: 'rate of whole campaigns, as a share of the upper bound',
          found: `${(ratio * 100).toFixed(0)} %`,
          aim: '≥ 85 %',
          met: ratio >= 0.85,
        },
        { what: 'whole campaign', found: `${rate('full')}, ${cpu('full')} of processor time per submission` },
        {
          what: 'upper bound: the same activities and signals, empty',
          found: `${rate('bare')}, ${cpu('bare')} of processor time per submission`,
        },
      ],
      { submissions, blocks },
      [
        `Processor time per submission, by process: a whole campaign ${partsText(blocks.map(({ full }) => full))}; the upper bound ` +
          `${partsText(blocks.map(({ bare }) => bare))}. Whole campaigns additionally make S3 requests (from the ` +
          'worker and from the simulated jobs in the Batch endpoint), copy the image and call Batch.',
      ],
    );
  } finally {
    bareWorker.kill();
    await bench.close();
  }
}

/** `temporal 160 ms, s3 26 ms …`: medians over the blocks. */
function partsText(blocks: readonly Block[]): string {
  const parts = Object.keys(blocks[0]?.parts ?? {});
  const each = parts.map((part): [string, number] => [
    part,
    (1000 *
      quantile(
        blocks.map((block) => block.parts[part] ?? 0),
        0.5,
      )) /
      submissions,
  ]);
  return each
    .filter(([, ms]) => ms >= 1)
    .map(([part, ms]) => `${part} ${ms.toFixed(0)} ms`)
    .join(', ');
}

async function fullBlock(bench: SimulatedStack, campaign: string): Promise<Block> {
  const frozen = await handInSimulated(bench, {
    campaign,
    teams: teamsOfTheCase(submissions),
    slots,
    budgetUsd: 100_000,
  });
  return timed(
    bench,
    () => 0,
    async () => {
      await startWorkflow(bench.access, frozen);
      await bench.access.temporal.workflow.getHandle(campaignWorkflowId(campaign)).result();
    },
  );
}

const bareBlock = (bench: SimulatedStack, worker: ChildProcess, name: string): Promise<Block> =>
  timed(
    bench,
    () => usageOf(worker.pid ?? 0)?.cpuSeconds ?? 0,
    () =>
      bench.access.temporal.workflow.execute<typeof bareCampaign>('bareCampaign', {
        workflowId: name,
        taskQueue: 'bench-bare',
        args: [{ name, submissions, window: slots.g4 }],
      }),
  );

async function timed({ home }: SimulatedStack, more: () => number, work: () => Promise<void>): Promise<Block> {
  const cpu = (): Record<string, number> => {
    const used = Object.entries(usageOfParts(home)).map(([part, { cpuSeconds }]): [string, number] => [
      part,
      cpuSeconds,
    ]);
    return Object.fromEntries([...used, ['bare worker', more()]]);
  };
  const [before, began] = [cpu(), Date.now()];
  await work();
  const seconds = (Date.now() - began) / 1000;
  const parts = Object.fromEntries(Object.entries(cpu()).map(([part, used]) => [part, used - (before[part] ?? 0)]));
  return { seconds, cpuSeconds: Object.values(parts).reduce((sum, used) => sum + used, 0), parts };
}

await main();
process.exit();
