/** A problem in the rules file. Contains no topic and no value of the file but names of rules, keys and fields. */
export interface RulesProblem {
  /** From 1; of the character that it begins with. */
  line: number;
  column: number;
  /** A sentence without its period. */
  message: string;
}

/** Where something is in the file, from 1. */
export type Position = Pick<RulesProblem, 'line' | 'column'>;

/** By their position in the file. */
export const sortProblems = (problems: readonly RulesProblem[]): RulesProblem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column);

/** A problem as a line: `rules.yaml:3:5: …`. */
export const describeProblem = (path: string, { line, column, message }: RulesProblem): string =>
  `${path}:${line}:${column}: ${message}${message.endsWith('?') ? '' : '.'}`;

/** A problem at a position. */
export const problemAt = ({ line, column }: Position, message: string): RulesProblem => ({
  line,
  column,
  message,
});

/** Describes the problem only when its message is read: a file can have thousands, and the first ones are listed. */
export const problemOnDemand = ({ line, column }: Position, describe: () => string): RulesProblem => ({
  line,
  column,
  get message() {
    return describe();
  },
});

/** A problem of the whole file. */
export const problemOfFile = (message: string): RulesProblem => problemAt({ line: 1, column: 1 }, message);
