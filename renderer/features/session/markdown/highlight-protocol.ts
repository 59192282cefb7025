/** Messages between the page and the highlighting worker. */
export interface HighlightQuestion {
  readonly id: number;
  readonly code: string;
  /** A key of LANGUAGES. */
  readonly language: string;
}

export interface HighlightToken {
  readonly text: string;
  readonly dark: string;
  readonly light: string;
}

/** `lines` is empty if the code stays plain. */
export interface HighlightAnswer {
  readonly id: number;
  readonly lines: readonly (readonly HighlightToken[])[];
}
