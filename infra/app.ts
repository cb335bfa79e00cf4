/** Writes the templates of all stacks to `cdk.out`, checked by cdk-nag; the CDK's command line runs it, too. */
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { settings } from './settings.ts';
import { holdoutApp } from './src/holdout-app.ts';

const app = holdoutApp(settings);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
