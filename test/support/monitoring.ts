import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The files of monitoring/, and names of metrics. */

export interface AlertRule {
  alert: string;
  expr: string;
}

interface RuleFile {
  groups: { name: string; rules: AlertRule[] }[];
}

export const alertRules = (): AlertRule[] =>
  (parse(readFileSync('monitoring/alerts.yml', 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules);

export interface Panel {
  title: string;
  type: string;
  targets?: { expr: string }[];
}

export const dashboardPanels = (): Panel[] =>
  (JSON.parse(readFileSync('monitoring/dashboard.json', 'utf8')) as { panels: Panel[] }).panels;

/** Every expression of the dashboard and of the alerts. */
export const expressions = (): string[] => [
  ...dashboardPanels().flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...alertRules().map(({ expr }) => expr),
];

const keywords = new Set([
  'and',
  'or',
  'unless',
  'bool',
  'on',
  'by',
  'without',
  'ignoring',
  'group_left',
  'group_right',
]);

/** The metrics of an expression: every word that is no function, label, string, duration or keyword. */
export function metricNamesIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, ' ')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const words = bare.match(/\b[a-zA-Z_:][\w:]*\b(?!\s*\()/g) ?? [];
  return [...new Set(words.filter((word) => !keywords.has(word)))];
}

/** The names of the series in a scrape. */
export const namesInScrape = (text: string): Set<string> =>
  new Set([...text.matchAll(/^([a-zA-Z_:][\w:]*)(?=[ {])/gm)].map(([, name = '']) => name));

/** The names of metrics in a scrape, with their types; a histogram is one metric of several series. */
export const typesInScrape = (text: string): Map<string, string> =>
  new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
