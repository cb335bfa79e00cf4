import { accountOf, field, listOf, resourcesOf, textOf } from '../installation.ts';
import { unless, type Promised } from '../promise.ts';

const budget: Promised = {
  name: 'mails are sent at half, four fifths and all of the budget, and when the forecast passes it',
  faultsIn: (installation, settings) => {
    const [found] = resourcesOf(installation, 'AWS::Budgets::Budget');
    const mails = listOf(found?.properties['NotificationsWithSubscribers']).map((entry) => ({
      at: `${textOf(field(entry, 'Notification', 'NotificationType'))} ${textOf(field(entry, 'Notification', 'Threshold'))}`,
      to: listOf(field(entry, 'Subscribers')).map((one) => field(one, 'Address')),
    }));
    return [
      ...unless(
        field(found?.properties, 'Budget', 'BudgetLimit', 'Amount') === settings.budget.usdPerMonth,
        'the budget has another limit',
      ),
      ...['ACTUAL 50', 'ACTUAL 80', 'ACTUAL 100', 'FORECASTED 100'].flatMap((at) =>
        unless(
          mails.some((mail) => mail.at === at && mail.to.includes(settings.budget.alarmEmail)),
          `no mail is sent at ${at} %`,
        ),
      ),
    ];
  },
};

/** CloudFormation takes a template of this many bytes without a bucket, so the account needs no bootstrap stack. */
const templateLimit = 51_200;

const small: Promised = {
  name: 'no template needs a bootstrap stack: none has assets or is too long',
  faultsIn: (installation) =>
    Object.entries(installation).flatMap(([stack, template]) => [
      ...unless(JSON.stringify(template).length <= templateLimit, `${stack} is longer than ${templateLimit} bytes`),
      ...unless(
        !JSON.stringify(template).includes('AWS::Lambda::Function'),
        `${stack} has a function, whose code is an asset`,
      ),
    ]),
};

const glass: Promised = {
  name: 'a mail is sent when somebody takes the break-glass role, also if CloudTrail calls that a read',
  faultsIn: (installation, settings) => {
    const [rule] = resourcesOf(installation, 'AWS::Events::Rule');
    const [topic] = resourcesOf(installation, 'AWS::SNS::Topic');
    const detail = field(rule?.properties, 'EventPattern', 'detail');
    const role = `arn:aws:iam::${accountOf(settings)}:role/${settings.prefix}holdout-break-glass`;
    const targets = listOf(rule?.properties['Targets']).map((target) => field(target, 'Arn'));
    const mails = listOf(topic?.properties['Subscription']).map((one) => field(one, 'Endpoint'));
    const [policy] = resourcesOf(installation, 'AWS::SNS::TopicPolicy');
    const publishers = listOf(field(policy?.properties, 'PolicyDocument', 'Statement'))
      .filter((statement) => field(statement, 'Effect') === 'Allow')
      .map((statement) => textOf(field(statement, 'Principal', 'Service')));
    return [
      ...unless(
        rule?.properties['State'] === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
        'the rule does not see reads, as AssumeRole is',
      ),
      ...unless(
        listOf(field(detail, 'eventName')).includes('AssumeRole') &&
          listOf(field(detail, 'requestParameters', 'roleArn')).includes(role),
        'the rule does not see that the role is taken',
      ),
      ...unless(targets.length === 1 && targets[0] === topic?.id, 'the rule tells nobody'),
      ...unless(mails.includes(settings.budget.alarmEmail), 'nobody gets the mail'),
      ...unless(publishers.join() === 'events.amazonaws.com', 'EventBridge may not send the mail, or others may'),
    ];
  },
};

export const accountPromises = [budget, small, glass];
