import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Names } from '../names.ts';
import { ecrPolicy, ecsPolicy, kmsPolicy, logsPolicy, s3Policy, stsPolicy } from './endpoint-policies.ts';

interface Endpoint {
  service: ec2.InterfaceVpcEndpointAwsService;
  /** Absent where AWS does not document that the endpoint takes one; its traffic is the agent's own protocol. */
  policy?: (names: Names) => iam.PolicyStatement[];
}

/** Everything outside of the VPC that an instance can call. There is none for SSM: nobody logs in to an instance. */
const interfaceEndpoints: Readonly<Record<string, Endpoint>> = {
  'ecr-api': { service: ec2.InterfaceVpcEndpointAwsService.ECR, policy: ecrPolicy },
  'ecr-dkr': { service: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER, policy: ecrPolicy },
  ecs: { service: ec2.InterfaceVpcEndpointAwsService.ECS, policy: ecsPolicy },
  'ecs-agent': { service: ec2.InterfaceVpcEndpointAwsService.ECS_AGENT },
  'ecs-telemetry': { service: ec2.InterfaceVpcEndpointAwsService.ECS_TELEMETRY },
  logs: { service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, policy: logsPolicy },
  kms: { service: ec2.InterfaceVpcEndpointAwsService.KMS, policy: kmsPolicy },
  sts: { service: ec2.InterfaceVpcEndpointAwsService.STS, policy: stsPolicy },
};

/** S3 by a gateway, which is free; the other services by interfaces, each of which costs by the hour and zone. */
export function addEndpoints(vpc: ec2.Vpc, names: Names, endpointsGroup: ec2.ISecurityGroup): void {
  const s3 = vpc.addGatewayEndpoint('s3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
  for (const statement of s3Policy(names)) s3.addToPolicy(statement);
  for (const [name, { service, policy }] of Object.entries(interfaceEndpoints)) {
    const endpoint = vpc.addInterfaceEndpoint(name, {
      service,
      privateDnsEnabled: true,
      open: false,
      securityGroups: [endpointsGroup],
      subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    for (const statement of policy?.(names) ?? []) endpoint.addToPolicy(statement);
  }
}
