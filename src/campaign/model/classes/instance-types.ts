/** Where a price was read. */
export interface PriceSource {
  /** Who published it. */
  from: string;
  region: string;
  /** ISO date of the publication, or of the day on which it was read if the publication has none. */
  date: string;
}

/** What an EC2 instance type has and costs. */
export interface InstanceType {
  vcpus: number;
  /** Nominal. ECS registers less, see {@link jobMemoryMiB}. */
  memoryMiB: number;
  /** Memory that ECS registered for such an instance, as measured in an account; null: not known. */
  registeredMemoryMiB: number | null;
  /** `memoryMiB`: of one device, as nvidia-smi reports it. */
  gpus?: { count: number; model: string; memoryMiB: number };
  /**
   * False if AWS Batch chooses no image for its GPU, so that the settings name one: "ECS_AL2023_NVIDIA doesn't support p3"
   * (https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html, November 2026).
   */
  hasImageOfBatch: boolean;
  /** On demand, Linux, shared tenancy. */
  microUsdPerHour: number;
  price: PriceSource;
}

/** The sources of the prices below, all in us-east-1. The newer ones agree with the older ones wherever they overlap. */
const catalogue2026 = { from: 'skypilot-catalog v8 aws/vms.csv', region: 'us-east-1', date: '2026-11-29' };
const libcloud2025 = { from: 'apache-libcloud 3.9.1 pricing.json', region: 'us-east-1', date: '2025-03-02' };
const libcloud2020 = { from: 'apache-libcloud 3.2.0 pricing.json', region: 'us-east-1', date: '2020-08-30' };

/**
 * Total memory of one device by nvidia-smi, in MiB: T4, A10, L4 and L40S from modal-client#2797 (2025-01-23), V100 by
 * driver 450. Drivers differ by up to 2 %.
 */
const devices = {
  T4: 15_360,
  A10G: 23_028,
  L4: 23_034,
  L40S: 46_068,
  V100: 16_160,
} as const;

type Size = [vcpus: number, memoryGiB: number];

function instanceType(
  [vcpus, memoryGiB]: Size,
  usdPerHour: number,
  price: PriceSource,
  gpus?: { count: number; model: keyof typeof devices },
): InstanceType {
  return {
    vcpus,
    memoryMiB: memoryGiB * 1024,
    registeredMemoryMiB: null,
    ...(gpus !== undefined && { gpus: { ...gpus, memoryMiB: devices[gpus.model] } }),
    hasImageOfBatch: gpus?.model !== 'V100',
    microUsdPerHour: Math.round(usdPerHour * 1e6),
    price,
  };
}

const one = (model: keyof typeof devices) => ({ count: 1, model });
const four = (model: keyof typeof devices) => ({ count: 4, model });

/**
 * The instance types that a class of a campaign file can name with `type`. vCPUs, memory and GPUs are those of
 * https://aws.amazon.com/ec2/instance-types/. `holdout prices --refresh` reads the prices of today.
 */
export const instanceTypes: Readonly<Record<string, InstanceType>> = {
  'g4dn.xlarge': instanceType([4, 16], 0.526, catalogue2026, one('T4')),
  'g4dn.2xlarge': instanceType([8, 32], 0.752, libcloud2025, one('T4')),
  'g4dn.4xlarge': instanceType([16, 64], 1.204, libcloud2020, one('T4')),
  'g4dn.8xlarge': instanceType([32, 128], 2.176, catalogue2026, one('T4')),
  'g5.xlarge': instanceType([4, 16], 1.006, catalogue2026, one('A10G')),
  'g5.2xlarge': instanceType([8, 32], 1.212, catalogue2026, one('A10G')),
  'g5.12xlarge': instanceType([48, 192], 5.672, catalogue2026, four('A10G')),
  'g6.xlarge': instanceType([4, 16], 0.8048, catalogue2026, one('L4')),
  'g6.2xlarge': instanceType([8, 32], 0.9776, catalogue2026, one('L4')),
  'g6.12xlarge': instanceType([48, 192], 4.6016, catalogue2026, four('L4')),
  'g6e.xlarge': instanceType([4, 32], 1.861, catalogue2026, one('L40S')),
  'p3.2xlarge': instanceType([8, 61], 3.06, catalogue2026, one('V100')),
  'c4.xlarge': instanceType([4, 7.5], 0.199, libcloud2025),
  'c4.2xlarge': instanceType([8, 15], 0.398, libcloud2025),
  'c4.4xlarge': instanceType([16, 30], 0.796, libcloud2025),
  'c4.8xlarge': instanceType([36, 60], 1.591, libcloud2025),
  'c5.xlarge': instanceType([4, 8], 0.17, libcloud2025),
  'c5.2xlarge': instanceType([8, 16], 0.34, libcloud2025),
  'c5.4xlarge': instanceType([16, 32], 0.68, libcloud2020),
};

/** The type of this name, or undefined. */
export const instanceTypeOf = (name: string): InstanceType | undefined =>
  Object.hasOwn(instanceTypes, name) ? instanceTypes[name] : undefined;

/**
 * The memory that a job on a whole instance asks for, in MiB. A job that asks for more than ECS has registered waits for
 * ever, so unless the registered amount is known, this stays below it: the kernel and the agent take up to about 4 %. That
 * share is judged from reports and not measured.
 */
export const jobMemoryMiB = ({ memoryMiB, registeredMemoryMiB }: InstanceType): number =>
  registeredMemoryMiB ?? Math.floor(memoryMiB * 0.95) - 256;
