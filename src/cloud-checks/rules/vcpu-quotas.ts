import { instanceTypeOf } from '../../campaign/model/classes/instance-types.ts';

/** A quota of EC2 on the vCPUs that run at a time, and what the classes of a campaign need of it. */
export interface VcpuNeed {
  code: string;
  name: string;
  vcpus: number;
}

/** Codes of Service Quotas: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html, read 2026-11. */
const quotas = {
  'on-demand': {
    gpu: { code: 'L-DB2E81BA', name: 'Running On-Demand G and VT instances' },
    p: { code: 'L-417A185B', name: 'Running On-Demand P instances' },
    standard: { code: 'L-1216C47A', name: 'Running On-Demand Standard instances' },
  },
  spot: {
    gpu: { code: 'L-3819A6DF', name: 'All G and VT Spot Instance Requests' },
    p: { code: 'L-7212CCBC', name: 'All P4, P3 and P2 Spot Instance Requests' },
    standard: { code: 'L-34B43A08', name: 'All Standard Spot Instance Requests' },
  },
} as const;

/** A class with the instance type of its queue. */
export interface ClassMachines {
  instanceType: string;
  slots: number;
  purchase: 'on-demand' | 'spot';
}

/** The vCPUs that all slots need at once, for each quota. Types that are not in the table are left out. */
export function vcpuNeeds(classes: readonly ClassMachines[]): VcpuNeed[] {
  const needs = new Map<string, VcpuNeed>();
  for (const { instanceType, slots, purchase } of classes) {
    const type = instanceTypeOf(instanceType);
    if (type === undefined) continue;
    const quota = quotas[purchase][familyOf(instanceType)];
    const { vcpus = 0 } = needs.get(quota.code) ?? {};
    needs.set(quota.code, { ...quota, vcpus: vcpus + slots * type.vcpus });
  }
  return [...needs.values()];
}

const familyOf = (instanceType: string): keyof (typeof quotas)['spot'] => {
  const letters = /^[a-z]+/.exec(instanceType)?.[0];
  if (letters === 'g' || letters === 'gr' || letters === 'vt') return 'gpu';
  return letters === 'p' ? 'p' : 'standard';
};
