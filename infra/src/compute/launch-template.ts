import { Fn, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { userData } from './user-data.ts';

/**
 * How every instance starts: metadata only with a token and only on the instance itself (one hop), an encrypted disk, no public
 * address, and the host's own files.
 */
export function launchTemplate(scope: Construct, names: Names): ec2.CfnLaunchTemplate {
  const template = new ec2.CfnLaunchTemplate(scope, 'launch-template', {
    launchTemplateName: names.named('host'),
    launchTemplateData: {
      metadataOptions: {
        httpTokens: 'required',
        httpPutResponseHopLimit: 1,
        httpEndpoint: 'enabled',
        instanceMetadataTags: 'disabled',
      },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          // With the account's default key: Batch's service role has no right to use another.
          ebs: {
            encrypted: true,
            deleteOnTermination: true,
            volumeType: 'gp3',
            volumeSize: names.settings.diskGiB,
            throughput: 250,
          },
        },
      ],
      tagSpecifications: ['instance', 'volume'].map((resourceType) => ({
        resourceType,
        tags: [{ key: 'Name', value: names.named('host') }],
      })),
      userData: Fn.base64(userData()),
    },
  });
  Tags.of(template).add('Name', names.named('host'));
  return template;
}
