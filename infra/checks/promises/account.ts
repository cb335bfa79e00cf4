import { field, listOf, resourcesOf, textOf } from '../installation.ts';
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

export const accountPromises = [budget, small];
