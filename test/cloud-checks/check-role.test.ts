import assert from 'node:assert/strict';
import { checkRole } from '../../src/cloud-checks/check-role.ts';
import { rightsOf, roleArnOf } from '../../src/cloud-checks/rules/role-rights.ts';
import type { Requirement } from '../../src/requirement.ts';
import { answeringServer, type ReceivedCall, type ServiceAnswer } from './answering-server.ts';

const caller = { region: 'us-east-1', accessKeyId: 'key' };
const places = {
  account: '123456789012',
  region: 'us-east-1',
  bucketPrefix: 'host-',
  definitions: 'holdout-runner',
  queues: ['holdout-g4'],
  imageRepository: 'host-holdout-submissions',
};
const arn = roleArnOf('worker', places);

/** The members of a list in a query: `ActionNames.member.1`. */
const membersOf = (name: string, { fields }: ReceivedCall): string[] =>
  Object.entries(fields).flatMap(([key, value]) => (key.startsWith(`${name}.member.`) ? String(value) : []));

interface Decision {
  action: string;
  resource: string;
  decision: 'allowed' | 'implicitDeny' | 'explicitDeny';
  missing?: string[];
}

/** As IAM writes it: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html. */
function answerOf(decisions: readonly Decision[], marker?: string): ServiceAnswer {
  const results = decisions.map(
    ({ action, resource, decision, missing = [] }) =>
      `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>${resource}</EvalResourceName>` +
      `<EvalDecision>${decision}</EvalDecision><MissingContextValues>${missing.map((one) => `<member>${one}</member>`).join('')}` +
      `</MissingContextValues></member>`,
  );
  const page = `<IsTruncated>${marker !== undefined}</IsTruncated>${marker === undefined ? '' : `<Marker>${marker}</Marker>`}`;
  return {
    body:
      '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>' +
      `${page}<EvaluationResults>${results.join('')}</EvaluationResults>` +
      '</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>',
  };
}

const refusal = (code: string, message: string, status: number): ServiceAnswer => ({
  status,
  body: `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

/** Checks the worker with a simulator that decides like this. */
async function check(
  decide: (action: string) => Omit<Decision, 'action' | 'resource'>,
  change: (answer: Decision[], call: ReceivedCall) => ServiceAnswer = (decisions) => answerOf(decisions),
): Promise<{ requirement: Requirement; calls: ReceivedCall[] }> {
  const server = await answeringServer('IAM', (call) => {
    const [resource = ''] = membersOf('ResourceArns', call);
    return change(
      membersOf('ActionNames', call).map((action) => ({ action, resource, ...decide(action) })),
      call,
    );
  });
  try {
    return { requirement: await checkRole('worker', arn, places, caller), calls: server.calls };
  } finally {
    server.close();
  }
}

const allowed = { decision: 'allowed' } as const;
const rights = rightsOf('worker', places).flatMap(({ actions, resource }) =>
  actions.map((action) => `${action} on ${resource}`),
);

const whoActs = 'Who acts: the administrator of the AWS account.';

describe('the check of a role', () => {
  it('asks for every right of the role, and is ok if all are allowed', async () => {
    const { requirement, calls } = await check(() => allowed);
    assert.equal(requirement.what, 'rights of worker');
    assert.equal(requirement.state, 'ok');
    assert.match(requirement.found, new RegExp(`^${rights.length} rights by its policies`));
    const asked = calls.flatMap((call) =>
      membersOf('ActionNames', call).map((action) => `${action} on ${membersOf('ResourceArns', call).join()}`),
    );
    assert.deepEqual(asked, rights);
    for (const { operation, fields } of calls)
      assert.deepEqual([operation, fields['PolicySourceArn']], ['SimulatePrincipalPolicy', arn]);
  });

  it('is MISSING with the rights that are denied, three by name, and a next step', async () => {
    const { requirement } = await check((action) =>
      action.startsWith('s3:') ? { decision: 'explicitDeny' } : allowed,
    );
    assert.equal(requirement.state, 'MISSING');
    const denied = rights.filter((right) => right.startsWith('s3:'));
    assert.equal(
      requirement.found,
      `${arn} lacks ${denied.slice(0, 3).join(', ')} and ${denied.length - 3} more. ${whoActs}`,
    );
    assert.match(requirement.fix ?? '', /npm --prefix infra run deploy/);
  });

  it('is MISSING for a single denial, which is not hidden by others that depend on the call', async () => {
    const { requirement } = await check((action) => {
      if (action === 'batch:TagResource') return { decision: 'implicitDeny' };
      return action === 'batch:SubmitJob' ? { decision: 'implicitDeny', missing: ['batch:Image'] } : allowed;
    });
    assert.equal(requirement.state, 'MISSING');
    assert.match(
      requirement.found,
      /lacks batch:TagResource on \S+\. Who acts: the administrator of the AWS account\.$/,
    );
  });

  it('is a note if a denial depends on a value that only the real call has', async () => {
    const { requirement } = await check((action) =>
      action === 'batch:TagResource' ? { decision: 'implicitDeny', missing: ['aws:RequestTag/x'] } : allowed,
    );
    assert.equal(requirement.state, 'note');
    assert.match(
      requirement.found,
      new RegExp(`^${rights.length - 1} rights by its policies; not decided: batch:TagResource`),
    );
  });

  it('reads every page: a denial on the second one counts', async () => {
    const { requirement } = await check(
      () => ({ decision: 'implicitDeny' }),
      (decisions, { fields }) =>
        fields['Marker'] === undefined
          ? answerOf(
              decisions.slice(0, 1).map((one) => ({ ...one, decision: 'allowed' })),
              'next',
            )
          : answerOf(decisions.slice(0, 1)),
    );
    assert.equal(requirement.state, 'MISSING');
  });

  for (const { what, answer, says } of [
    {
      what: 'there is no such role',
      answer: refusal('NoSuchEntity', 'The role cannot be found', 404),
      says: /^not checked: there is no role arn:aws:iam::123456789012:role\/host-holdout-worker$/,
    },
    {
      what: 'the key may not ask',
      answer: refusal('AccessDenied', 'not authorized to perform: iam:SimulatePrincipalPolicy', 403),
      says: /^not checked: IAM’s simulator cannot be asked \(AccessDenied: not authorized/,
    },
    { what: 'nothing was decided', answer: answerOf([]), says: /^not checked: the simulator decided nothing$/ },
  ]) {
    it(`is a note and never ok if ${what}`, async () => {
      const { requirement } = await check(
        () => allowed,
        () => answer,
      );
      assert.equal(requirement.state, 'note');
      assert.match(requirement.found, says);
    });
  }
});
