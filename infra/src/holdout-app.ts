import { App, LegacyStackSynthesizer, Tags, type AppProps } from 'aws-cdk-lib';
import { AlarmStack } from './alarm/alarm-stack.ts';
import { ComputeStack } from './compute/compute-stack.ts';
import { Names } from './names.ts';
import { NetworkStack } from './network/network-stack.ts';
import { AccessStack } from './roles/access-stack.ts';
import type { InfraSettings } from './settings/infra-settings.ts';
import { StorageStack } from './storage/storage-stack.ts';

/** The five stacks of an installation, whose settings have no fault. */
export function holdoutApp(settings: InfraSettings, props: AppProps = {}): App {
  const app = new App({ analyticsReporting: false, ...props });
  const names = new Names(settings);
  const { region, account } = settings;
  const stackProps = (name: string) => ({
    stackName: names.named(name),
    env: { region, ...(account !== undefined && { account }) },
    // Without assets and below 51,200 bytes a template needs no bootstrap stack in the account.
    synthesizer: new LegacyStackSynthesizer(),
    suppressTemplateIndentation: true,
  });
  const access = new AccessStack(app, 'access', names, stackProps('access'));
  const storage = new StorageStack(app, 'storage', names, stackProps('storage'));
  const network = new NetworkStack(app, 'network', names, stackProps('network'));
  const compute = new ComputeStack(app, 'compute', names, network, stackProps('compute'));
  new AlarmStack(app, 'alarm', names, stackProps('alarm'));
  // The key's policy names the roles, and instances need roles, key, log and image store from their first second.
  storage.addStackDependency(access);
  compute.addStackDependency(storage);
  Tags.of(app).add('holdout', settings.prefix);
  return app;
}
