/** Placeholder rows while a list loads, after 300 ms. */
export function ListSkeleton() {
  return (
    <div aria-hidden className="mx-auto w-full max-w-[908px] animate-appear-late px-6 pt-9">
      {['62%', '45%', '71%', '38%', '55%', '66%'].map((width) => (
        <div key={width} className="flex h-12 items-center gap-2.5 px-3">
          <span className="size-4 rounded-full bg-wash-2" />
          <span className="h-3.5 rounded bg-wash-2" style={{ width }} />
        </div>
      ))}
    </div>
  );
}
