import { set, statementWith } from '../mutate.ts';
import type { Mutation } from '../mutation.ts';

const noWayOut = 'the VPC has no way out';
const endpoints = 'endpoints lead to nine services and take only keys of this account';
const gateway = 'through the S3 endpoint go inputs, runs and layers of images alone';
const dns = 'the resolver answers for names of the region and blocks all others';
const groups = 'instances reach endpoints and S3 by HTTPS, and nothing reaches them';

export const networkMutations: Mutation[] = [
  { name: 'an internet gateway', breaks: noWayOut, apply: (m) => m.add('network', 'igw', 'AWS::EC2::InternetGateway') },
  { name: 'a NAT gateway', breaks: noWayOut, apply: (m) => m.add('network', 'nat', 'AWS::EC2::NatGateway') },
  {
    name: 'a peering with another VPC',
    breaks: noWayOut,
    apply: (m) => m.add('network', 'peer', 'AWS::EC2::VPCPeeringConnection'),
  },
  {
    name: 'public addresses in a subnet',
    breaks: noWayOut,
    apply: (m) => set(m.find('AWS::EC2::Subnet').Properties, ['MapPublicIpOnLaunch'], true),
  },
  {
    name: 'an endpoint for SSM, through which one could log in',
    breaks: endpoints,
    apply: (m) =>
      m.add('network', 'ssm', 'AWS::EC2::VPCEndpoint', {
        ServiceName: 'com.amazonaws.us-east-1.ssm',
        VpcEndpointType: 'Interface',
        PrivateDnsEnabled: true,
      }),
  },
  {
    name: 'no endpoint for logs, without which no container starts',
    breaks: endpoints,
    apply: (m) => m.remove('AWS::EC2::VPCEndpoint', '.logs'),
  },
  {
    name: 'an endpoint without a policy',
    breaks: endpoints,
    apply: (m) => delete m.find('AWS::EC2::VPCEndpoint', '.ecr.api').Properties['PolicyDocument'],
  },
  {
    name: 'an endpoint that takes every account’s keys',
    breaks: endpoints,
    apply: (m) => {
      const statements = m.statements('AWS::EC2::VPCEndpoint', '"s3:GetObject"', 'PolicyDocument');
      delete statementWith(statements, 'holdout-inputs')['Condition'];
    },
  },
  {
    name: 'every bucket through the S3 endpoint',
    breaks: gateway,
    apply: (m) => {
      const statements = m.statements('AWS::EC2::VPCEndpoint', '"s3:GetObject"', 'PolicyDocument');
      statementWith(statements, 'holdout-inputs')['Resource'] = '*';
    },
  },
  {
    name: 'no block of other names',
    breaks: dns,
    apply: (m) => {
      const { Properties } = m.find('AWS::Route53Resolver::FirewallRuleGroup');
      set(Properties, ['FirewallRules'], [(Properties['FirewallRules'] as never[])[0] as never]);
    },
  },
  {
    name: 'an alert instead of a block',
    breaks: dns,
    apply: (m) =>
      set(m.find('AWS::Route53Resolver::FirewallRuleGroup').Properties, ['FirewallRules', 1, 'Action'], 'ALERT'),
  },
  {
    name: 'one more allowed name',
    breaks: dns,
    apply: (m) =>
      set(m.find('AWS::Route53Resolver::FirewallDomainList', 'allowed').Properties, ['Domains', 1], 'pypi.org'),
  },
  {
    name: 'rules that belong to no VPC',
    breaks: dns,
    apply: (m) => m.remove('AWS::Route53Resolver::FirewallRuleGroupAssociation'),
  },
  {
    name: 'instances that may call everything',
    breaks: groups,
    apply: (m) =>
      m.add('network', 'out', 'AWS::EC2::SecurityGroupEgress', {
        GroupId: { 'Fn::GetAtt': ['instances', 'GroupId'] },
        CidrIp: '0.0.0.0/0',
        FromPort: 443,
        ToPort: 443,
      }),
  },
  {
    name: 'SSH to instances',
    breaks: groups,
    apply: (m) =>
      set(
        m.find('AWS::EC2::SecurityGroup', 'Container instances').Properties,
        ['SecurityGroupIngress'],
        [{ CidrIp: '10.64.0.0/16', FromPort: 22, ToPort: 22, IpProtocol: 'tcp' }],
      ),
  },
  {
    name: 'buckets that only look like the one with the layers of images',
    breaks: gateway,
    apply: (m) => {
      const statements = m.statements('AWS::EC2::VPCEndpoint', '"s3:GetObject"', 'PolicyDocument');
      statementWith(statements, 'starport')['Resource'] = 'arn:aws:s3:::*starport-layer-bucket*/*';
    },
  },
];
