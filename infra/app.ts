/** Writes the templates of all stacks to `cdk.out`, checked by cdk-nag; the CDK's command line runs it, too. */
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { holdoutApp } from './src/holdout-app.ts';
import { readSettings } from './src/settings/read-settings.ts';

const read = await readSettings();
if (read.kind === 'faulty') {
  process.stderr.write(read.text);
  process.exitCode = 2;
} else {
  const app = holdoutApp(read.settings);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}
