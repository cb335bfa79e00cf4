import { paginateGetProducts, type PricingClient } from '@aws-sdk/client-pricing';
import { z } from 'zod';
import { holdoutError, messageOf } from '../../errors.ts';

/** What is read of a product in a price list. */
const product = z.object({
  terms: z.object({
    OnDemand: z
      .record(
        z.string(),
        z.object({
          priceDimensions: z.record(
            z.string(),
            z.object({ unit: z.string(), pricePerUnit: z.object({ USD: z.string().optional() }) }),
          ),
        }),
      )
      .optional(),
  }),
});

/** Linux without further software, on shared hardware, and not a reserved but unused machine. */
const fixed = {
  operatingSystem: 'Linux',
  tenancy: 'Shared',
  preInstalledSw: 'NA',
  capacitystatus: 'Used',
  marketoption: 'OnDemand',
};

/**
 * The on-demand price of an instance type in a region today, in micro-dollars an hour, from AWS's Pricing API. Undefined if
 * the region does not have the type, or if the list gives several prices. Throws PRICES_UNREADABLE.
 */
export async function onDemandPrice(client: PricingClient, region: string, type: string): Promise<number | undefined> {
  const Filters = Object.entries({ ...fixed, instanceType: type, regionCode: region }).map(([Field, Value]) => ({
    Type: 'TERM_MATCH' as const,
    Field,
    Value,
  }));
  const prices = new Set<number>();
  try {
    for await (const page of paginateGetProducts({ client }, { ServiceCode: 'AmazonEC2', Filters })) {
      for (const text of page.PriceList ?? []) for (const price of pricesIn(String(text))) prices.add(price);
    }
  } catch (error) {
    throw holdoutError('PRICES_UNREADABLE', { region, type, cause: messageOf(error) }, error);
  }
  const [price] = prices;
  return prices.size === 1 ? price : undefined;
}

/** Prices of 0 belong to machines that are billed otherwise, such as those of a reserved host. */
function pricesIn(text: string): number[] {
  const { OnDemand = {} } = product.parse(JSON.parse(text)).terms;
  return Object.values(OnDemand)
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .filter(({ unit }) => unit === 'Hrs')
    .map(({ pricePerUnit }) => Math.round(Number(pricePerUnit.USD ?? 0) * 1e6))
    .filter((price) => price > 0);
}
