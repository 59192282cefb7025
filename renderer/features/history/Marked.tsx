/** A text in which the query is highlighted, ignoring case. */
export function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  const at = query === '' ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
  if (at === -1) return text;
  const end = at + query.length;
  return (
    <>
      {text.slice(0, at)}
      <Mark>{text.slice(at, end)}</Mark>
      {text.slice(end)}
    </>
  );
}

export function Mark({ children }: { readonly children: string }) {
  return <mark className="rounded-[3px] bg-accent-tint font-[550] text-accent-hover">{children}</mark>;
}
