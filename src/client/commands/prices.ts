import { prices, type PricesOptions } from '../prices/prices.ts';
import type { Register } from './command-context.ts';

export const register: Register = (command, { output }) => {
  command
    .option('--refresh', 'ask AWS’s Pricing API, which needs credentials with the right pricing:GetProducts')
    .option('--region <region>', 'with --refresh: prices of this region; default: AWS_REGION, else us-east-1')
    .action(async (types: string[], options: PricesOptions) => output.result(await prices(types, options)));
};
