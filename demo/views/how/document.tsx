// A document as it is read in the page. A link to another one opens it; one to a file that the site does not have is text.
import { h, type ComponentChildren } from 'preact'
import { parseMarkdown, type Block, type Inline } from './markdown'

interface Place {
  /** Of the document, from the root of the project. */
  readonly path: string
  /** Whether the site has the document of a path, and what opens it. */
  readonly has: (path: string) => boolean
  readonly open: (path: string) => void
}

export function Read({ source, ...place }: { source: string } & Place) {
  return (
    <>
      {parseMarkdown(source).map((block, i) => (
        <Shown key={i} block={block} {...place} />
      ))}
    </>
  )
}

function Shown({ block, ...place }: { block: Block } & Place) {
  const text = (parts: readonly Inline[]) => parts.map((part, i) => <Piece key={i} part={part} {...place} />)
  switch (block.kind) {
    case 'heading':
      return h(`h${Math.min(6, block.level + 3)}`, null, text(block.text))
    case 'paragraph':
      return <p>{text(block.text)}</p>
    case 'code':
      return (
        <pre tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      )
    case 'list':
      return h(
        block.ordered ? 'ol' : 'ul',
        null,
        block.items.map((item, i) => (
          <li key={i}>{item.map((one, n) => (one.kind === 'paragraph' ? <>{text(one.text)}</> : <Shown key={n} block={one} {...place} />))}</li>
        )),
      )
    case 'table':
      return (
        <div class="chart-scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell, i) => (
                  <th key={i} scope="col">
                    {text(cell)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, n) => (
                <tr key={n}>
                  {row.map((cell, i) => (
                    <td key={i}>{text(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )
  }
}

function Piece({ part, ...place }: { part: Inline } & Place): ComponentChildren {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'code':
      return <code>{part.text}</code>
    case 'strong':
      return <b>{part.text}</b>
    case 'emphasis':
      return <i>{part.text}</i>
    case 'link':
      return <Link to={part.to} text={part.text} {...place} />
  }
}

function Link({ to, text, ...place }: { to: string; text: readonly Inline[] } & Place) {
  const { path, has, open } = place
  const inner = text.map((one, i) => <Piece key={i} part={one} {...place} />)
  if (/^https:/.test(to))
    return (
      <a href={to} rel="noreferrer">
        {inner}
      </a>
    )
  const target = new URL(to, `https://project/${path}`).pathname.slice(1)
  if (!has(target) || target === path) return <>{inner}</>
  return (
    <button type="button" class="how-link" onClick={() => open(target)}>
      {inner}
    </button>
  )
}
