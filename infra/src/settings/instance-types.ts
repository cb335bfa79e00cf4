/** What an EC2 instance type has. */
export interface InstanceType {
  vcpus: number;
  memoryMiB: number;
  gpus: number;
  /** False if the ECS-optimised image with NVIDIA's driver no longer supports its GPU. */
  onAmazonLinux2023: boolean;
}

const type = (vcpus: number, memoryGiB: number, gpus = 0, onAmazonLinux2023 = true): InstanceType => ({
  vcpus,
  memoryMiB: memoryGiB * 1024,
  gpus,
  onAmazonLinux2023,
});

/**
 * From https://aws.amazon.com/ec2/instance-types/, read in November 2026. To use another type, add a line:
 * aws ec2 describe-instance-types --instance-types TYPE
 */
export const instanceTypes: Readonly<Record<string, InstanceType>> = {
  'g4dn.xlarge': type(4, 16, 1),
  'g4dn.2xlarge': type(8, 32, 1),
  'g4dn.4xlarge': type(16, 64, 1),
  'g4dn.8xlarge': type(32, 128, 1),
  'g4dn.12xlarge': type(48, 192, 4),
  'g4dn.16xlarge': type(64, 256, 1),
  'g5.xlarge': type(4, 16, 1),
  'g5.2xlarge': type(8, 32, 1),
  'g5.4xlarge': type(16, 64, 1),
  'g5.8xlarge': type(32, 128, 1),
  'g5.12xlarge': type(48, 192, 4),
  'g6.xlarge': type(4, 16, 1),
  'g6.2xlarge': type(8, 32, 1),
  'g6.4xlarge': type(16, 64, 1),
  'g6.8xlarge': type(32, 128, 1),
  'g6.12xlarge': type(48, 192, 4),
  'g6e.xlarge': type(4, 32, 1),
  'g6e.2xlarge': type(8, 64, 1),
  'g6e.4xlarge': type(16, 128, 1),
  'p3.2xlarge': type(8, 61, 1, false),
  'p3.8xlarge': type(32, 244, 4, false),
  'c4.2xlarge': type(8, 15),
  'c4.4xlarge': type(16, 30),
  'c5.2xlarge': type(8, 16),
  'c5.4xlarge': type(16, 32),
  'c6i.2xlarge': type(8, 16),
  'c6i.4xlarge': type(16, 32),
  'c7i.2xlarge': type(8, 16),
  'c7i.4xlarge': type(16, 32),
};

/**
 * The most memory that a job may ask for. ECS registers less than the type has: the kernel takes up to about 2.5 %, the agent
 * 32 MiB. A job that asks for more than is registered waits for ever. Judged from reports; not measured in an account.
 */
export const jobMemoryOf = ({ memoryMiB }: InstanceType): number => Math.floor(memoryMiB * 0.975) - 300;
