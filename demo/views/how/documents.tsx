// The documents of the project, to be read here. A link between them opens the other; one to a file that the site does not have is text.
import { signal, useSignal } from '@preact/signals'
import { h, type ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import readmeZh from '../../../README.zh.md?url'
import readme from '../../../README.md?url'
import { language } from '../../page/language'
import { parseMarkdown, type Block, type Inline } from './markdown'
import { words } from './strings'

/** The addresses of the documents by their paths, from the root of the project. */
const addresses: Readonly<Record<string, string>> = {
  'README.md': readme,
  'README.zh.md': readmeZh,
  ...Object.fromEntries(
    Object.entries(
      import.meta.glob<string>('../../../docs/{architecture,embedding,glossary,kernels,lessons,numerics,performance,training}.md', {
        query: '?url',
        import: 'default',
        eager: true,
      }),
    ).map(([path, address]) => [path.replace('../../../', ''), address]),
  ),
}

/** The one that is open. */
const opened = signal<string | null>(null)

export function Documents() {
  const w = words.value
  const own = language.value === 'zh' ? 'README.zh.md' : 'README.md'
  const docs = Object.keys(addresses).filter((path) => path.startsWith('docs/'))
  const titleOf = (path: string) => w.documents[path.replace(/^docs\/|\.md$/g, '') as keyof typeof w.documents]
  return (
    <div class="how-documents">
      <Document key={own} path={own} title={w.readme} />
      {docs.map((path) => (
        <Document key={path} path={path} title={titleOf(path)} />
      ))}
    </div>
  )
}

function Document({ path, title }: { path: string; title: string }) {
  const w = words.value
  const blocks = useSignal<readonly Block[] | null>(null)
  const failed = useSignal(false)
  const details = useRef<HTMLDetailsElement>(null)
  const open = opened.value === path
  useEffect(() => {
    if (!open) return
    details.current!.scrollIntoView({ block: 'start' })
    if (blocks.value) return
    failed.value = false
    fetch(addresses[path]!)
      .then(async (response) => {
        if (!response.ok) throw new Error(String(response.status))
        blocks.value = parseMarkdown(await response.text())
      })
      .catch(() => (failed.value = true))
  }, [open])
  return (
    <details
      ref={details}
      open={open}
      data-document={path}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) opened.value = path
        else if (opened.value === path) opened.value = null
      }}
    >
      <summary>{title}</summary>
      {open && (
        <div class="how-document" lang={path.endsWith('.zh.md') ? 'zh-Hans' : 'en'}>
          {blocks.value ? (
            blocks.value.map((block, i) => <Shown key={i} block={block} path={path} />)
          ) : (
            <p class="hint">{failed.value ? w.notLoaded : w.loading}</p>
          )}
        </div>
      )}
    </details>
  )
}

function Shown({ block, path }: { block: Block; path: string }) {
  const text = (parts: readonly Inline[]) => parts.map((part, i) => <Piece key={i} part={part} path={path} />)
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
          <li key={i}>{item.map((one, n) => (one.kind === 'paragraph' ? <>{text(one.text)}</> : <Shown key={n} block={one} path={path} />))}</li>
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

function Piece({ part, path }: { part: Inline; path: string }): ComponentChildren {
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
      return <Link to={part.to} text={part.text} path={path} />
  }
}

function Link({ to, text, path }: { to: string; text: readonly Inline[]; path: string }) {
  const inner = text.map((one, i) => <Piece key={i} part={one} path={path} />)
  if (/^https:/.test(to))
    return (
      <a href={to} rel="noreferrer">
        {inner}
      </a>
    )
  const target = new URL(to, `https://project/${path}`).pathname.slice(1)
  if (!(target in addresses) || target === path) return <>{inner}</>
  return (
    <button type="button" class="how-link" onClick={() => (opened.value = target)}>
      {inner}
    </button>
  )
}
