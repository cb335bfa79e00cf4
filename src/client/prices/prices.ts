import { PricingClient } from '@aws-sdk/client-pricing';
import { instanceTypes, jobMemoryMiB, type InstanceType } from '../../campaign/model/classes/instance-types.ts';
import { holdoutError } from '../../errors.ts';
import { inParallel } from '../../in-parallel.ts';
import { table } from '../table.ts';
import { onDemandPrice } from './on-demand-price.ts';

export interface PricesOptions {
  refresh?: true;
  region?: string;
}

interface Row {
  name: string;
  type: InstanceType;
  /** Micro-dollars an hour today; undefined: not asked, or not known. */
  today?: number | undefined;
}

/** The output of `prices`: what Holdout knows of these instance types, and with `refresh` what they cost today. Throws TYPE_UNKNOWN. */
export async function prices(names: readonly string[], options: PricesOptions): Promise<string> {
  const known = Object.keys(instanceTypes);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw holdoutError('TYPE_UNKNOWN', { types: unknown, known });
  const chosen = Object.entries(instanceTypes)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([name, type]): Row => ({ name, type }));
  if (options.refresh === undefined) return table([...columns, 'source'], chosen.map(knownCells));
  const region = options.region || process.env['AWS_REGION'] || 'us-east-1';
  return refreshedText(region, await refreshed(region, chosen));
}

/** The Pricing API has an endpoint in few regions; this one knows the prices of all. */
async function refreshed(region: string, rows: readonly Row[]): Promise<Row[]> {
  const client = new PricingClient({ region: 'us-east-1' });
  try {
    return await inParallel(4, rows, async (row) => ({ ...row, today: await onDemandPrice(client, region, row.name) }));
  } finally {
    client.destroy();
  }
}

const columns = ['type', 'vCPUs', 'memory of a job', 'GPUs', 'usdPerHour'];

const cellsOf = ({ name, type }: Row): string[] => [
  name,
  String(type.vcpus),
  `${jobMemoryMiB(type)} MiB`,
  type.gpus === undefined ? '' : `${type.gpus.count} × ${type.gpus.model}, ${type.gpus.memoryMiB} MiB`,
  usd(type.microUsdPerHour),
];

const knownCells = (row: Row): string[] => {
  const { from, region, date } = row.type.price;
  return [...cellsOf(row), `${from}, ${region}, ${date}`];
};

function refreshedText(region: string, rows: readonly Row[]): string {
  const cells = rows.map((row) => [...cellsOf(row), row.today === undefined ? 'unknown' : usd(row.today)]);
  const changed = rows.filter(({ today, type }) => today !== undefined && today !== type.microUsdPerHour);
  const lines = changed.map(({ name, today = 0 }) => `  ${name}: usdPerHour: ${usd(today)}`);
  return [
    table([...columns, `today in ${region}`], cells),
    changed.length === 0 ? 'No price has changed.' : ['State these in the campaign file:', ...lines].join('\n'),
  ].join('\n\n');
}

const usd = (microUsd: number): string => String(microUsd / 1e6);
