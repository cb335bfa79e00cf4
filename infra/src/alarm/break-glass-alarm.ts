import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * Sends a mail when somebody takes the break-glass role. EventBridge sees it only if the account has a CloudTrail trail with
 * management events; docs/aws.md says how to see that, and what a first trail costs (nothing).
 */
export function addBreakGlassAlarm(scope: Construct, names: Names): void {
  const topic = new sns.CfnTopic(scope, 'break-glass-topic', {
    topicName: names.named('break-glass'),
    subscription: [{ protocol: 'email', endpoint: names.settings.budget.alarmEmail }],
  });
  const rule = new events.CfnRule(scope, 'break-glass-rule', {
    name: names.named('break-glass'),
    description: 'Somebody took the break-glass role',
    // CloudTrail calls AssumeRole a read-only event, which a rule that is merely ENABLED does not get.
    state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    eventPattern: {
      source: ['aws.sts'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        eventSource: ['sts.amazonaws.com'],
        eventName: ['AssumeRole'],
        requestParameters: { roleArn: [names.roleArn('break-glass')] },
      },
    },
    targets: [{ id: 'mail', arn: topic.ref }],
  });
  new sns.CfnTopicPolicy(scope, 'break-glass-policy', {
    topics: [topic.ref],
    policyDocument: new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement({
          sid: 'FromTheRule',
          principals: [new iam.ServicePrincipal('events.amazonaws.com')],
          actions: ['sns:Publish'],
          resources: [topic.ref],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
        }),
        new iam.PolicyStatement({
          sid: 'OnlyEncrypted',
          effect: iam.Effect.DENY,
          principals: [new iam.AnyPrincipal()],
          actions: ['sns:Publish'],
          resources: [topic.ref],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ],
    }),
  });
}
