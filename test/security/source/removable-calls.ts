import type { CallExpression, Node, SourceFile } from 'typescript/unstable/ast';
import { isCallExpression, isIfStatement, isThrowStatement } from 'typescript/unstable/ast/is';

/** An edit of a file. */
export interface Edit {
  /** A text that occurs once in the file, before and after the edit. */
  from: string;
  to: string;
}

/** A call in the source, and the edit that removes it. */
export interface RemovableCall extends Edit {
  /** What is called, as written: `refuse`, `this.damaged`. */
  callee: string;
  /** The arguments, as written. */
  arguments: string[];
  /** The condition under which it is made, as written; undefined if there is none. */
  condition: string | undefined;
}

/** The calls of these functions in a file, in the order of the source. */
export function removableCalls(source: SourceFile, callees: readonly string[]): RemovableCall[] {
  const found: RemovableCall[] = [];
  const visit = (node: Node): void => {
    if (isCallExpression(node) && callees.includes(textOf(source, node.expression)))
      found.push(removable(source, node));
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function removable(source: SourceFile, call: CallExpression): RemovableCall {
  return {
    callee: textOf(source, call.expression),
    arguments: call.arguments.map((argument) => textOf(source, argument)),
    condition: conditionOf(source, call),
    ...removal(source, call),
  };
}

/** Replaces a call, with the `throw` in front of it, by nothing, in the smallest text around it that occurs once. */
function removal(source: SourceFile, call: CallExpression): Edit {
  const isThrown = isThrowStatement(call.parent);
  return replaced(source, isThrown ? call.parent : call, isThrown ? ';' : 'void 0');
}

/** The smallest text around a node that occurs once in its file, and the same with `instead` in the place of the node. */
export function replaced(source: SourceFile, node: Node, instead: string): Edit {
  let around = node;
  while (source.text.split(textOf(source, around)).length > 2) around = around.parent;
  const [before, after] = [
    source.text.slice(around.getStart(source), node.getStart(source)),
    source.text.slice(node.end, around.end),
  ];
  return { from: textOf(source, around), to: `${before}${instead}${after}` };
}

function conditionOf(source: SourceFile, node: Node): string | undefined {
  const { parent } = node;
  if (parent === undefined || parent === source) return undefined;
  if (isIfStatement(parent) && parent.thenStatement === node) return textOf(source, parent.expression);
  return conditionOf(source, parent);
}

export const textOf = (source: SourceFile, node: Node): string => source.text.slice(node.getStart(source), node.end);

/** The words of a literal, or the source of another expression. */
export const unquoted = (written: string): string => written.replace(/^(['`])([^]*)\1$/, '$2');
