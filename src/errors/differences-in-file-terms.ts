/** Keys of the campaign file by the field of the frozen campaign, with the unit of the frozen value. */
const terms: readonly { field: RegExp; key: string; unit?: string; factor?: number }[] = [
  { field: /^(budget\.)microUsd$/, key: '$1usd', factor: 1e-6 },
  { field: /^(budget\.rerunReserve)Share$/, key: '$1', unit: ' %', factor: 100 },
  { field: /^(deadline)AsWritten$/, key: '$1' },
  { field: /^(limits\.\w+)Seconds$/, key: '$1', unit: ' s' },
  { field: /^(limits\.\w+)MiB$/, key: '$1', unit: ' MiB' },
  { field: /^(limits\.\w+)Bytes$/, key: '$1', unit: ' bytes' },
  { field: /^(instanceClasses\.\d+\.)microUsdPerHour$/, key: '$1usdPerHour', factor: 1e-6 },
  { field: /^(instanceClasses\.\d+\.\w+)Seconds$/, key: '$1', unit: ' s' },
];

/** A difference between frozen campaigns, `budget.microUsd: was 1000000, now 2000000`, as the campaign file has it. */
export function inFileTerms(difference: string): string {
  const [, field = '', was = '', now = ''] = /^([\w.]+): was (.*), now (.*)$/.exec(difference) ?? [];
  const term = terms.find((one) => one.field.test(field));
  if (term === undefined) return difference;
  const { key, unit = '', factor = 1 } = term;
  const shown = (value: string): string =>
    /^[\d.]+$/.test(value) ? `${Number((Number(value) * factor).toFixed(6))}${unit}` : value;
  return `${field.replace(term.field, key)}: was ${shown(was)}, now ${shown(now)}`;
}
