import type { Node, SourceFile } from 'typescript/unstable/ast';
import {
  isNoSubstitutionTemplateLiteral,
  isNumericLiteral,
  isStringLiteral,
  isTemplateExpression,
} from 'typescript/unstable/ast/is';
import { textOf } from './removable-calls.ts';

/** The strings, templates and numbers of a file, as written, in the order of the source. */
export function literals(source: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: Node): void => {
    if (isLiteral(node)) found.push(textOf(source, node));
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

const isLiteral = (node: Node): boolean =>
  isStringLiteral(node) ||
  isNoSubstitutionTemplateLiteral(node) ||
  isTemplateExpression(node) ||
  isNumericLiteral(node);
