/** Splits a command at the ends of its risky parts. Pure. */
import type { CommandRisk } from '../../../../preload/contract/index.ts';

/** `why` is empty for an unmarked piece; several reasons for one piece are joined. */
export interface MarkedPiece {
  readonly text: string;
  readonly start: number;
  readonly why: readonly string[];
}

/** The pieces together are always the command, whatever the ranges are. */
export function markCommand(command: string, risks: readonly CommandRisk[]): readonly MarkedPiece[] {
  const inside = risks.filter(({ start, end }) => start < end && start < command.length);
  const edges = [...new Set([0, command.length, ...inside.flatMap(({ start, end }) => [start, Math.min(end, command.length)])])].toSorted(
    (a, b) => a - b,
  );
  return edges.slice(0, -1).map((start, at) => {
    const end = edges[at + 1] ?? command.length;
    const why = inside.filter((risk) => risk.start <= start && risk.end >= end).map((risk) => risk.why);
    return { text: command.slice(start, end), start, why: [...new Set(why)] };
  });
}
