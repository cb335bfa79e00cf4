import type { Node, SourceFile } from 'typescript/unstable/ast';
import {
  isConditionalExpression,
  isNoSubstitutionTemplateLiteral,
  isReturnStatement,
  isStringLiteral,
  isTemplateExpression,
} from 'typescript/unstable/ast/is';
import { replaced, textOf, type Edit } from './removable-calls.ts';

/** A text that a rule returns for what breaks it, and the edit after which it returns undefined. */
export interface SaidFault extends Edit {
  words: string;
}

/** The texts that the functions of a file return, in the order of the source. */
export function saidFaults(source: SourceFile): SaidFault[] {
  const found: SaidFault[] = [];
  const visit = (node: Node): void => {
    if (isText(node) && isReturned(node))
      found.push({ words: textOf(source, node).slice(1, -1), ...replaced(source, node, 'undefined') });
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

const isText = (node: Node): boolean =>
  isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node) || isTemplateExpression(node);

/** By a return, whole or as one of two values. */
const isReturned = ({ parent }: Node): boolean =>
  isReturnStatement(parent) || (isConditionalExpression(parent) && isReturned(parent));
