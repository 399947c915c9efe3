// The documents of the project, to be read here. They are loaded when they are opened, and what shows them too.
import { signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import readmeZh from '../../../README.zh.md?url'
import readme from '../../../README.md?url'
import { language } from '../../page/language'
import type { Read } from './document'
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

async function sourceOf(path: string): Promise<string> {
  const response = await fetch(addresses[path]!)
  if (!response.ok) throw new Error(String(response.status))
  return response.text()
}

function Document({ path, title }: { path: string; title: string }) {
  const w = words.value
  const loaded = useSignal<{ readonly source: string; readonly Read: typeof Read } | null>(null)
  const failed = useSignal(false)
  const details = useRef<HTMLDetailsElement>(null)
  const open = opened.value === path
  useEffect(() => {
    if (!open) return
    details.current!.scrollIntoView({ block: 'start' })
    if (loaded.value) return
    failed.value = false
    Promise.all([sourceOf(path), import('./document')]).then(
      ([source, { Read }]) => (loaded.value = { source, Read }),
      () => (failed.value = true),
    )
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
          {loaded.value ? (
            <loaded.value.Read source={loaded.value.source} path={path} has={(other) => other in addresses} open={(other) => (opened.value = other)} />
          ) : (
            <p class="hint">{failed.value ? w.notLoaded : w.loading}</p>
          )}
        </div>
      )}
    </details>
  )
}
