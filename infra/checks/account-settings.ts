import type { InfraSettings } from '../src/settings/infra-settings.ts';
import { settings as sample } from './sample-settings.ts';

/** The sample in a known account, whose roles only named principals may assume. */
export const settings: InfraSettings = {
  ...sample,
  account: '210987654321',
  region: 'eu-west-1',
  s3PrefixList: 'pl-6da54004',
  mayAssume: {
    worker: ['arn:aws:iam::210987654321:role/worker-host'],
    scorer: ['arn:aws:iam::210987654321:role/scorer-host'],
    operator: ['arn:aws:iam::210987654321:user/engineer', 'arn:aws:iam::210987654321:user/deputy'],
    breakGlass: ['arn:aws:iam::210987654321:user/engineer'],
  },
};
