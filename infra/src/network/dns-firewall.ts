import * as resolver from 'aws-cdk-lib/aws-route53resolver';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * The endpoints' names, and no others: the resolver of a VPC otherwise answers for the whole internet, even without a route to
 * it, so that a name itself could carry data out. Amazon's own servers answer for every name below a region's, so none of them
 * reaches a stranger. The ECS agent is told its names at run time (ecs-a-7, ecs-t-3), and a list takes `*` only at its start.
 */
const allowedDomains = (region: string): string[] => [`*.${region}.amazonaws.com`];

/** Lets the allowed names through and blocks the rest. The resolver of a VPC fails closed by default. */
export function addDnsFirewall(scope: Construct, vpcId: string, names: Names): void {
  const list = (id: string, domains: string[]): resolver.CfnFirewallDomainList =>
    new resolver.CfnFirewallDomainList(scope, id, { name: names.named(id), domains });
  const allowed = list('allowed-names', allowedDomains(names.region));
  const all = list('all-names', ['*']);
  const group = new resolver.CfnFirewallRuleGroup(scope, 'dns-rules', {
    name: names.named('dns-rules'),
    firewallRules: [
      {
        action: 'ALLOW',
        firewallDomainListId: allowed.attrId,
        priority: 100,
        // S3 answers with aliases of its own.
        firewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN',
      },
      { action: 'BLOCK', blockResponse: 'NXDOMAIN', firewallDomainListId: all.attrId, priority: 200 },
    ],
  });
  new resolver.CfnFirewallRuleGroupAssociation(scope, 'dns-association', {
    name: names.named('dns-rules'),
    firewallRuleGroupId: group.attrId,
    priority: 101,
    vpcId,
    mutationProtection: 'DISABLED',
  });
}
