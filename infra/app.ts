/** Writes the templates of all stacks to `cdk.out`, checked by cdk-nag; the CDK's command line runs it, too. */
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { holdoutApp } from './src/holdout-app.ts';
import type { InfraSettings } from './src/settings/infra-settings.ts';

// The tests name another file.
const file = process.env['HOLDOUT_INFRA_SETTINGS'] ?? './settings.ts';
const { settings } = (await import(file)) as { settings: InfraSettings };
const app = holdoutApp(settings);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
