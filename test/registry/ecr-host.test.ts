import assert from 'node:assert/strict';
import { ecrHostOf, hostOf } from '../../src/registry/ecr-host.ts';

describe('a private registry of ECR', () => {
  it('is known by its host, in every partition, with account and region', () => {
    for (const [host, region, isFips] of [
      ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'eu-west-1', false],
      ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', true],
      ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', false],
      ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1', false],
      ['123456789012.dkr-ecr.us-west-2.on.aws', 'us-west-2', false],
      ['123456789012.dkr-ecr-fips.us-east-1.on.aws', 'us-east-1', true],
      ['123456789012.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn', 'cn-northwest-1', false],
    ] as const)
      assert.deepEqual(ecrHostOf(host), { host, account: '123456789012', region, isFips });
  });

  it('is no host that only looks like one: a login would leave AWS', () => {
    for (const host of [
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.org',
      'x.123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com:5000',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com\n',
      '123456789012.dkr.ecr.example.org#.amazonaws.com',
      '12345.dkr.ecr.eu-west-1.amazonaws.com',
      'team.dkr.ecr.eu-west-1.amazonaws.com',
      '123456789012xdkrxecr.eu-west-1.amazonaws.com',
      'public.ecr.aws',
      'docker.io',
      '',
    ])
      assert.equal(ecrHostOf(host), undefined, host);
  });

  it('is found in references', () => {
    assert.equal(
      hostOf('docker://1.dkr.ecr.eu-west-1.amazonaws.com/a/b@sha256:0'),
      '1.dkr.ecr.eu-west-1.amazonaws.com',
    );
    assert.equal(hostOf('127.0.0.1:5000/a:tag'), '127.0.0.1:5000');
    for (const reference of ['oci:/folder:image', 'dir:/x', '/x/y', 'ubuntu', ''])
      assert.equal(hostOf(reference), undefined);
  });
});
