import type { ReactNode } from 'react';

export interface SectionProps {
  readonly title: string;
  readonly intro: ReactNode;
  readonly children: ReactNode;
}

/** One page of the settings. */
export function Section({ title, intro, children }: SectionProps) {
  return (
    <div className="mx-auto max-w-[780px]">
      <h1 className="text-title font-semibold">{title}</h1>
      <p className="mt-1 mb-5 text-text-2">{intro}</p>
      {children}
    </div>
  );
}
