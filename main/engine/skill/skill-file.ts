/** Parses a SKILL.md from its fields. Pure. Source: docs/formats.md 7.5. */
import { basename, dirname } from 'node:path';
import type { Parsed } from '../lib/front-matter-files.ts';
import { defined } from '../../../preload/contract/index.ts';

/** Unicode letters and digits, and a few marks; no spaces, because it can also be typed as `/name`. */
const NAME = /^[\p{L}\p{N}_:.-]{1,100}$/u;

/** Limits for `paths`: their number, and the length of each. Unit: UTF-16 code units. */
const MAX_PATTERNS = 50;
const MAX_PATTERN_CHARS = 500;

export interface SkillFile {
  readonly name: string;
  /** One line. */
  readonly description: string;
  /** Skills with a higher priority are listed first. */
  readonly priority: number;
  readonly isForUser: boolean;
  readonly isForModel: boolean;
  readonly argumentHint?: string;
  /** Patterns relative to the project's folder: the model learns of the skill once such a file was used. Empty: from the beginning. */
  readonly paths: readonly string[];
  readonly body: string;
}

export function parseSkill(fields: Readonly<Record<string, unknown>>, body: string, path: string): Parsed<SkillFile> {
  const name = toText(fields['name']) ?? basename(dirname(path));
  if (!NAME.test(name)) return { problem: `"${name}" is not a valid skill name. Use only letters, digits and _ : . -`, line: 2 };
  const description = toText(fields['description'])?.replace(/\s+/g, ' ');
  if (description === undefined) return { problem: 'The front matter has no "description".', line: 1 };
  const { priority } = fields;
  const hint = toText(fields['argument-hint']);
  return {
    value: {
      name,
      description,
      priority: typeof priority === 'number' && Number.isFinite(priority) ? priority : 0,
      isForUser: fields['user-invocable'] !== false,
      isForModel: fields['disable-model-invocation'] !== true,
      ...defined({ argumentHint: hint }),
      paths: toPatterns(fields['paths']),
      body,
    },
  };
}

function toPatterns(value: unknown): readonly string[] {
  const patterns = Array.isArray(value) ? value : [value];
  return patterns.flatMap((pattern) => toText(pattern)?.slice(0, MAX_PATTERN_CHARS) ?? []).slice(0, MAX_PATTERNS);
}

function toText(value: unknown): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? undefined : text;
}
