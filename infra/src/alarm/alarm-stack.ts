import { Stack, type StackProps } from 'aws-cdk-lib';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import { addBreakGlassAlarm } from './break-glass-alarm.ts';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** When mails are sent: at these percentages of the money spent, and when the forecast passes the last one. */
const percentages = [50, 80, 100];

/**
 * A budget for the whole account with mails, which stops nothing: the campaign keeps its own budget. And a mail whenever somebody
 * takes the break-glass role.
 */
export class AlarmStack extends Stack {
  constructor(scope: Construct, id: string, names: Names, props: StackProps) {
    super(scope, id, props);
    const { usdPerMonth, alarmEmail } = names.settings.budget;
    const mail = (
      notificationType: string,
      threshold: number,
    ): budgets.CfnBudget.NotificationWithSubscribersProperty => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers: [{ subscriptionType: 'EMAIL', address: alarmEmail }],
    });
    new budgets.CfnBudget(this, 'budget', {
      budget: {
        budgetName: names.named('month'),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: usdPerMonth, unit: 'USD' },
      },
      notificationsWithSubscribers: [...percentages.map((percent) => mail('ACTUAL', percent)), mail('FORECASTED', 100)],
    });
    addBreakGlassAlarm(this, names);
  }
}
