import { accountOf, field, listOf, resourcesOf, textsOf, type Installation, textOf } from '../installation.ts';
import { policiesOf } from '../policies.ts';
import { differences, unless, type Promised } from '../promise.ts';

/** Everything that could connect the VPC with another network. */
const waysOut = [
  'AWS::EC2::InternetGateway',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::EC2::NatGateway',
  'AWS::EC2::EgressOnlyInternetGateway',
  'AWS::EC2::VPNGateway',
  'AWS::EC2::VPCPeeringConnection',
  'AWS::EC2::TransitGatewayAttachment',
  'AWS::EC2::TransitGatewayVpcAttachment',
  'AWS::EC2::EIP',
  'AWS::EC2::Route',
];

const isolated: Promised = {
  name: 'the VPC has no way out',
  faultsIn: (installation) => [
    ...resourcesOf(installation, ...waysOut).map(({ id, resource }) => `${id} is an ${resource.Type}`),
    ...resourcesOf(installation, 'AWS::EC2::Subnet')
      .filter(({ properties }) => properties['MapPublicIpOnLaunch'] === true)
      .map(({ id }) => `${id} gives public addresses`),
  ],
};

const services = ['ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry', 'kms', 'logs', 's3', 'sts'];
/** AWS does not document that these two take a policy. */
const withoutPolicy = ['ecs-agent', 'ecs-telemetry'];

const serviceOf = (name: string): string => name.replace(/^com\.amazonaws\.[^.]+\./, '');

const endpoints: Promised = {
  name: 'endpoints lead to nine services and take only keys of this account',
  faultsIn: (installation, settings) => {
    const found = resourcesOf(installation, 'AWS::EC2::VPCEndpoint');
    const policies = policiesOf(installation).filter(({ kind }) => kind === 'endpoint');
    const named = found.map(({ properties }) => serviceOf(textOf(properties['ServiceName'])));
    return [
      ...differences('endpoints', named, services),
      ...found
        .filter(
          ({ properties }) => properties['VpcEndpointType'] === 'Interface' && properties['PrivateDnsEnabled'] !== true,
        )
        .map(({ id }) => `${id} has no private name`),
      ...services
        .filter((service) => !withoutPolicy.includes(service))
        .filter((service) => !policies.some(({ owner }) => serviceOf(owner) === service))
        .map((service) => `the endpoint of ${service} has no policy`),
      ...policies.flatMap(({ owner, statements }) =>
        statements
          .filter(
            ({ resources, condition }) =>
              field(condition, 'StringEquals', 'aws:PrincipalAccount') !== accountOf(settings) &&
              !resources.every((resource) => resource.endsWith('-starport-layer-bucket/*')),
          )
          .map(
            ({ actions }) => `the endpoint of ${serviceOf(owner)} takes every account's keys for ${actions.join(', ')}`,
          ),
      ),
    ];
  },
};

const s3Gateway: Promised = {
  name: 'through the S3 endpoint go inputs, runs and layers of images alone',
  faultsIn: (installation, { prefix }) => {
    const allowed = ['inputs', 'runs'].map((bucket) => `arn:aws:s3:::${prefix}holdout-${bucket}/`);
    return policiesOf(installation)
      .filter(({ kind, owner }) => kind === 'endpoint' && serviceOf(owner) === 's3')
      .flatMap(({ statements }) => statements.flatMap(({ resources }) => resources))
      .filter((resource) => !/^arn:aws:s3:::prod-[a-z0-9-]+-starport-layer-bucket\/\*$/.test(resource))
      .filter((resource) => !allowed.some((start) => resource.startsWith(start)))
      .map((resource) => `the endpoint lets ${resource} through`);
  },
};

const dns: Promised = {
  name: 'the resolver answers for names of the region and blocks all others',
  faultsIn: (installation, { region }) => {
    const domains = new Map(
      resourcesOf(installation, 'AWS::Route53Resolver::FirewallDomainList').map(({ id, properties }) => [
        `${id}.Id`,
        textsOf(properties['Domains']),
      ]),
    );
    const rules = resourcesOf(installation, 'AWS::Route53Resolver::FirewallRuleGroup')
      .flatMap(({ properties }) => listOf(properties['FirewallRules']))
      .sort((one, other) => Number(field(one, 'Priority')) - Number(field(other, 'Priority')))
      .map((rule) => ({
        action: field(rule, 'Action'),
        names: domains.get(textOf(field(rule, 'FirewallDomainListId'))) ?? [],
      }));
    const last = rules.at(-1);
    const allowed = rules.filter(({ action }) => action !== 'BLOCK').flatMap(({ names }) => names);
    return [
      ...unless(last?.action === 'BLOCK' && last.names.includes('*'), 'no rule blocks *'),
      ...allowed
        .filter((name) => !name.endsWith(`.${region}.amazonaws.com`))
        .map((name) => `the resolver answers for ${name}`),
      ...unless(allowed.length > 0, 'the resolver answers for nothing, so no instance starts'),
      ...unless(
        resourcesOf(installation, 'AWS::Route53Resolver::FirewallRuleGroupAssociation').length === 1,
        'the rules belong to no VPC',
      ),
    ];
  },
};

/** Rules of security groups, inline or as resources of their own: the group they belong to and what they let through. */
function rulesOf(
  installation: Installation,
  direction: 'Ingress' | 'Egress',
): { group: string; peer: string; port: string }[] {
  const peer = direction === 'Ingress' ? 'SourceSecurityGroupId' : 'DestinationSecurityGroupId';
  const own = resourcesOf(installation, `AWS::EC2::SecurityGroup${direction}`).map(({ properties }) => ({
    group: textOf(properties['GroupId']),
    rule: properties,
  }));
  const inline = resourcesOf(installation, 'AWS::EC2::SecurityGroup').flatMap(({ id, properties }) =>
    listOf(properties[`SecurityGroup${direction}`]).map((rule) => ({ group: `${id}.GroupId`, rule })),
  );
  return [...own, ...inline].map(({ group, rule }) => ({
    group,
    peer: textOf(
      field(rule, peer) ?? field(rule, 'DestinationPrefixListId') ?? field(rule, 'CidrIp') ?? field(rule, 'CidrIpv6'),
    ),
    port: `${textOf(field(rule, 'FromPort'))}-${textOf(field(rule, 'ToPort'))}`,
  }));
}

/** The rule that the CDK writes into a group without outbound rules; EC2 would otherwise add one to everywhere. */
const nowhere = '255.255.255.255/32';

const groups: Promised = {
  name: 'instances reach endpoints and S3 by HTTPS, and nothing reaches them',
  faultsIn: (installation, { s3PrefixList }) => {
    const ids = resourcesOf(installation, 'AWS::EC2::SecurityGroup');
    const idOf = (text: string): string =>
      `${ids.find(({ properties }) => properties['GroupDescription'] === text)?.id ?? text}.GroupId`;
    const [instances, endpoints] = [idOf('Container instances'), idOf('Interface endpoints')];
    const egress = rulesOf(installation, 'Egress').filter(({ peer }) => peer !== nowhere);
    const ingress = rulesOf(installation, 'Ingress');
    return [
      ...egress
        .filter(
          ({ group, peer, port }) =>
            group !== instances || ![endpoints, s3PrefixList].includes(peer) || port !== '443-443',
        )
        .map(({ group, peer, port }) => `${group} may call ${peer} at ${port}`),
      ...ingress
        .filter(({ group, peer, port }) => group !== endpoints || peer !== instances || port !== '443-443')
        .map(({ group, peer, port }) => `${group} takes calls from ${peer} at ${port}`),
      ...unless(egress.length === 2 && ingress.length === 1, 'a rule that instances need is missing'),
    ];
  },
};

export const networkPromises = [isolated, endpoints, s3Gateway, dns, groups];
