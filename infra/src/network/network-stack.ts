import { Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { addDnsFirewall } from './dns-firewall.ts';
import { addEndpoints } from './endpoints.ts';

/**
 * A closed network: no internet gateway, no NAT, endpoints for the services that an instance needs, and a resolver that answers
 * for nothing else.
 */
export class NetworkStack extends Stack {
  readonly vpc: ec2.Vpc;
  readonly instancesGroup: ec2.SecurityGroup;

  constructor(
    scope: Construct,
    id: string,
    private readonly names: Names,
    props: StackProps,
  ) {
    super(scope, id, props);
    const { zones } = names.settings;
    this.vpc = new ec2.Vpc(this, 'vpc', {
      vpcName: names.named('jobs'),
      ipAddresses: ec2.IpAddresses.cidr('10.64.0.0/16'),
      availabilityZones: this.availabilityZones.slice(0, zones),
      natGateways: 0,
      subnetConfiguration: [{ name: 'jobs', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 20 }],
      // Restricting it takes a Lambda function; nothing uses the group.
      restrictDefaultSecurityGroup: false,
    });
    this.instancesGroup = this.groups();
    addDnsFirewall(this, this.vpc.vpcId, names);
    this.addFlowLog();
  }

  /** By index, also with a known account: a look-up would need its credentials. */
  override get availabilityZones(): string[] {
    return Array.from({ length: this.names.settings.zones }, (_, zone) => Fn.select(zone, Fn.getAzs()));
  }

  /** Instances reach the endpoints and S3, and nothing reaches them. */
  private groups(): ec2.SecurityGroup {
    const group = (id: string, description: string): ec2.SecurityGroup =>
      new ec2.SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound: false });
    const instances = group('instances', 'Container instances');
    const endpoints = group('endpoints', 'Interface endpoints');
    const https = ec2.Port.tcp(443);
    endpoints.addIngressRule(instances, https, 'instances');
    instances.addEgressRule(endpoints, https, 'endpoints');
    instances.addEgressRule(ec2.Peer.prefixList(this.names.settings.s3PrefixList), https, 'S3');
    addEndpoints(this.vpc, this.names, endpoints);
    return instances;
  }

  private addFlowLog(): void {
    const group = new logs.LogGroup(this, 'flow-log', {
      logGroupName: `/${this.names.named('flow')}`,
      retention: logs.RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.vpc.addFlowLog('flows', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(group),
      trafficType: ec2.FlowLogTrafficType.REJECT,
    });
  }
}
