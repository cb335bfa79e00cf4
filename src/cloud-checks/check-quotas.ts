import { note, ok, type Requirement } from '../requirement.ts';
import { awsCauseOf, quickly } from './aws-call.ts';
import type { Caller } from './caller.ts';
import { missingFor } from './missing-for.ts';
import type { VcpuNeed } from './rules/vcpu-quotas.ts';

/** The account's quotas: EC2's vCPUs against what all slots need at once, and those of Batch as they are. */
export async function checkQuotas(needs: readonly VcpuNeed[], caller: Caller): Promise<Requirement[]> {
  const { ServiceQuotasClient, GetServiceQuotaCommand, ListServiceQuotasCommand } =
    await import('@aws-sdk/client-service-quotas');
  const client = new ServiceQuotasClient({ region: caller.region, ...quickly });
  const vcpuQuota = async (need: VcpuNeed): Promise<Requirement> => {
    const what = `quota ${need.code}`;
    try {
      const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: need.code }));
      return vcpuRequirement(what, need, Quota?.Value);
    } catch (error) {
      return note(what, `${need.name}: not checked (${awsCauseOf(error)}); all slots need ${need.vcpus} vCPUs`);
    }
  };
  const batchQuotas = async (): Promise<Requirement> => {
    try {
      const { Quotas = [] } = await client.send(new ListServiceQuotasCommand({ ServiceCode: 'batch' }));
      const texts = Quotas.map(({ QuotaName, Value }) => `${QuotaName} ${Value}`);
      return texts.length === 0 ? note('quotas of Batch', 'none listed') : ok('quotas of Batch', texts.join(', '));
    } catch (error) {
      return note('quotas of Batch', `not checked (${awsCauseOf(error)})`);
    }
  };
  try {
    return await Promise.all([...needs.map(vcpuQuota), batchQuotas()]);
  } finally {
    client.destroy();
  }
}

function vcpuRequirement(what: string, { code, name, vcpus }: VcpuNeed, value: number | undefined): Requirement {
  if (value === undefined) return note(what, `${name}: not known; all slots need ${vcpus} vCPUs`);
  const found = `${name}: ${value} vCPUs, all slots need ${vcpus}`;
  return value >= vcpus
    ? ok(what, found)
    : missingFor(
        'administrator of the AWS account',
        what,
        found,
        `Fewer slots, or: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} --desired-value ${vcpus}`,
      );
}
