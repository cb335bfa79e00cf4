/**
 * Prints what cdk-nag says of templates that somebody has changed: `node --import tsx checks/nag.ts FOLDER …` prints a JSON
 * list of findings per folder. The synthesis judges the app itself; its acknowledgements do not count here.
 */
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readInstallation } from './installation.ts';

function findingsIn(folder: string): string[] {
  const app = new App({ analyticsReporting: false });
  for (const stack of Object.keys(readInstallation(folder))) {
    new CfnInclude(new Stack(app, stack), 'template', { templateFile: join(folder, `${stack}.template.json`) });
  }
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
  );
}

process.stdout.write(JSON.stringify(process.argv.slice(2).map(findingsIn)));
