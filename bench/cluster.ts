/**
 * `node --import tsx bench/cluster.ts`: bare campaigns of 150 submissions run in turn on the embedded stack's Temporal server, over
 * SQLite, and on a Temporal server over PostgreSQL. They have the activities and signals of whole campaigns, without content.
 */
import { clusterServerVersion } from '../test/support/cluster/temporal-programs.ts';
import { temporalServerVersion } from '../src/local/tools/pinned-tools.ts';
import { openPostgresSide, openSqliteSide, type Side } from './support/database-sides.ts';
import { benchFolder, keepResult, quantile } from './support/results.ts';

const submissions = 150;
/** Open submissions at a time. */
const window = 100;
const rounds = Number(process.argv[2] ?? 4);

interface Block {
  seconds: number;
  /** Of the server and of its database. */
  cpuSeconds: number;
}

type Round = Record<'sqlite' | 'postgres', Block>;

async function main(): Promise<void> {
  const sqlite = await openSqliteSide(benchFolder('cluster'));
  const postgres = await openPostgresSide().catch(async (error: unknown) => {
    await sqlite.close();
    throw error;
  });
  try {
    const series = Date.now().toString(36);
    const found: Round[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const name = `bare-${series}-${round}`;
      const blocks = { sqlite: await blockOn(sqlite, name), postgres: await blockOn(postgres, name) };
      console.error(JSON.stringify(blocks));
      // The first round is a warm-up.
      if (round > 0) found.push(blocks);
    }
    report(found);
  } finally {
    await postgres.close();
    await sqlite.close();
  }
}

async function blockOn(side: Side, name: string): Promise<Block> {
  const [before, began] = [side.cpuSeconds(), performance.now()];
  await side.run(name, submissions, window);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: side.cpuSeconds() - before };
}

function report(found: readonly Round[]): void {
  const median = (of: (round: Round) => number): number => quantile(found.map(of), 0.5);
  const row = (kind: keyof Round): string => {
    const rate = submissions / median((round) => round[kind].seconds);
    const cpuMs = (median((round) => round[kind].cpuSeconds) / submissions) * 1000;
    return `${rate.toFixed(2)} workflows/s, ${cpuMs.toFixed(0)} ms of the server’s processor time each`;
  };
  const ratio = median(({ sqlite, postgres }) => sqlite.seconds / postgres.seconds);
  keepResult(
    'cluster',
    [
      { what: 'over SQLite', found: row('sqlite') },
      { what: 'over PostgreSQL', found: row('postgres') },
      { what: 'rate over PostgreSQL, relative to SQLite', found: `${ratio.toFixed(2)} times` },
    ],
    { submissions, window, found },
    [
      `Medians of ${found.length} rounds, each first over SQLite. The server’s processor time includes that of its database. Over SQLite ` +
        `it is Temporal ${temporalServerVersion} as the embedded stack starts it: a commit survives the process, but not always a ` +
        `power failure. Over PostgreSQL it is Temporal ${clusterServerVersion} with 4 shards and PostgreSQL 15 with its default settings: every ` +
        'commit is on the disk. Both, and their workers, share one machine.',
    ],
  );
}

await main();
process.exit();
