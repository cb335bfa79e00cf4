import assert from 'node:assert/strict';
import { checkQuotas } from '../../src/cloud-checks/check-quotas.ts';
import type { VcpuNeed } from '../../src/cloud-checks/rules/vcpu-quotas.ts';
import { answeringServer, type ReceivedCall, type ServiceAnswer } from './answering-server.ts';

const caller = { region: 'us-east-1', accessKeyId: 'key' };
const need: VcpuNeed = { code: 'L-DB2E81BA', name: 'Running On-Demand G and VT instances', vcpus: 420 };
const denied = {
  status: 400,
  body: { __type: 'AccessDeniedException', Message: 'not authorized to perform: servicequotas:GetServiceQuota' },
};
const unknown = { status: 400, body: { __type: 'NoSuchResourceException', Message: 'The request failed' } };
const quota = (Value?: number): ServiceAnswer => ({
  body: {
    Quota: { ServiceCode: 'ec2', QuotaCode: need.code, QuotaName: need.name, ...(Value !== undefined && { Value }) },
  },
});
const noQuotas = { body: { Quotas: [] } };

/** The requirements by their name, with a service that gives these answers. */
async function checked(
  needs: VcpuNeed[],
  answers: Record<string, ServiceAnswer>,
): Promise<{ of: (what: string) => string; calls: ReceivedCall[] }> {
  const server = await answeringServer('SERVICE_QUOTAS', ({ operation }) => answers[operation] ?? unknown);
  try {
    const found = await checkQuotas(needs, caller);
    const texts = new Map(
      found.map(({ what, state, found: text, fix }) => [what, `${state}: ${text}${fix ? ` → ${fix}` : ''}`]),
    );
    assert.equal(texts.size, needs.length + 1);
    return { of: (what) => texts.get(what) ?? `no requirement ${what}`, calls: server.calls };
  } finally {
    server.close();
  }
}

const cases: { what: string; answer: ServiceAnswer; says: RegExp }[] = [
  {
    what: 'as large as all slots need',
    answer: quota(420),
    says: /^ok: Running On-Demand G and VT instances: 420 vCPUs, all slots need 420$/,
  },
  { what: 'larger', answer: quota(768), says: /^ok: .*: 768 vCPUs, all slots need 420$/ },
  {
    what: 'one vCPU too small',
    answer: quota(419),
    says: /^MISSING: .*: 419 vCPUs, all slots need 420\. Who acts: the administrator of the AWS account\. → Fewer slots, or: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-DB2E81BA --desired-value 420$/,
  },
  {
    what: '0, as in a new account',
    answer: quota(0),
    says: /^MISSING: .*: 0 vCPUs, all slots need 420\. Who acts: .* →/,
  },
  { what: 'without a value', answer: quota(), says: /^note: .*: not known; all slots need 420 vCPUs$/ },
  {
    what: 'one that the key may not see',
    answer: denied,
    says: /^note: .*: not checked \(AccessDeniedException: not authorized to perform: servicequotas:GetServiceQuota\); all slots/,
  },
  {
    what: 'one that the region does not have',
    answer: unknown,
    says: /^note: .*: not checked \(NoSuchResourceException/,
  },
];

describe('a quota of EC2', () => {
  for (const { what, answer, says } of cases) {
    it(`that is ${what}`, async () => {
      const { of, calls } = await checked([need], { GetServiceQuota: answer, ListServiceQuotas: noQuotas });
      assert.match(of('quota L-DB2E81BA'), says);
      const asked = calls.find(({ operation }) => operation === 'GetServiceQuota');
      assert.deepEqual(asked?.fields, { ServiceCode: 'ec2', QuotaCode: 'L-DB2E81BA' });
    });
  }

  it('is judged for each kind of machine on its own', async () => {
    const spot = { code: 'L-3819A6DF', name: 'All G and VT Spot Instance Requests', vcpus: 8 };
    const server = await answeringServer('SERVICE_QUOTAS', ({ operation }) =>
      operation === 'ListServiceQuotas' ? noQuotas : quota(8),
    );
    try {
      const found = await checkQuotas([need, spot], caller);
      assert.deepEqual(
        found.map(({ what, state }) => [what, state]),
        [
          ['quota L-DB2E81BA', 'MISSING'],
          ['quota L-3819A6DF', 'ok'],
          ['quotas of Batch', 'note'],
        ],
      );
    } finally {
      server.close();
    }
  });
});

describe('the quotas of Batch', () => {
  const listed = {
    body: {
      Quotas: [
        { QuotaName: 'Job queue limit', Value: 50 },
        { QuotaName: 'Compute environment limit', Value: 50 },
      ],
    },
  };
  for (const { what, answer, says } of [
    { what: 'are listed', answer: listed, says: /^ok: Job queue limit 50, Compute environment limit 50$/ },
    { what: 'may be none', answer: noQuotas, says: /^note: none listed$/ },
    { what: 'are not checked without the right', answer: denied, says: /^note: not checked \(AccessDeniedException: / },
  ]) {
    it(what, async () => {
      const { of, calls } = await checked([], { ListServiceQuotas: answer });
      assert.match(of('quotas of Batch'), says);
      assert.equal(calls[0]?.fields['ServiceCode'], 'batch');
    });
  }
});
