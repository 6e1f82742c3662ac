/** Some details couldn't be read: the offers are shown without them, and whoever wants to know may look which. */
export function Warnings({ messages }: { readonly messages: readonly string[] }) {
  const distinct = [...new Set(messages)];
  if (distinct.length === 0) return null;
  return (
    <aside className="warnings" aria-label="About these offers">
      <p>Some details of these offers couldn’t be read, so they are left out here.</p>
      <details>
        <summary>What is missing</summary>
        <ul>
          {distinct.map((message) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      </details>
    </aside>
  );
}
