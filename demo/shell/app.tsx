// The frame of the page: header, navigation, the adapter, and the view.
import { effect, signal, useSignalEffect } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Segments } from '../parts/segments'
import { Tour } from '../parts/tour'
import { device } from '../session/device'
import { language, languages, speak, type Language } from '../page/language'
import { DropTarget } from './drop'
import { Mark } from './mark'
import { view } from './route'
import { words } from './strings'
import { projector } from '../page/projector'
import { theme, themes } from '../page/theme'
import { Unavailable } from './unavailable'
import { viewTitles, type ViewName } from '../page/views'
import { needGpu, tabNames, viewNames, views } from './views'
import './shell.css'

// The browser's history and screen readers identify the views by their titles.
effect(() => {
  const { title } = words.value
  const titles = viewTitles.value
  document.title = view.value === viewNames[0] ? title : `${titles[view.value]} · Sluice`
})

export function App() {
  const main = useRef<HTMLElement>(null)
  const skip = (event: Event) => {
    event.preventDefault() // the hash of the address names the view
    main.current!.focus()
  }
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {words.value.skip}
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        {device.value.state === 'unavailable' && <Unavailable failure={device.value.failure} open={needGpu.includes(view.value)} />}
        {!(device.value.state === 'unavailable' && needGpu.includes(view.value)) && <Outlet />}
      </main>
      <DropTarget />
      <footer class="footer">
        {view.value !== 'train' && (
          <div class="footer-tour">
            <Tour />
          </div>
        )}
        <p>
          {words.value.privacy}{' '}
          <label class="check">
            <input type="checkbox" name="projector" checked={projector.value} onChange={(event) => (projector.value = event.currentTarget.checked)} />{' '}
            {words.value.projector}
          </label>
        </p>
      </footer>
    </>
  )
}

function Header() {
  const { claim, navigation } = words.value
  const titles = viewTitles.value
  const tabs = useRef<HTMLElement>(null)
  // On a phone not all tabs fit: the open one is scrolled into view.
  useSignalEffect(() => {
    const open = tabs.current!.querySelector<HTMLElement>(`[href="#${view.value}"]`)
    if (!open) return
    tabs.current!.scrollLeft = open.offsetLeft - (tabs.current!.clientWidth - open.offsetWidth) / 2
  })
  return (
    <header class="masthead">
      <div class="masthead-row">
        <a class="wordmark" href={`#${viewNames[0]}`}>
          <Mark />
          <h1>Sluice</h1>
        </a>
        <p class="claim">{claim}</p>
        <Preferences />
      </div>
      <div class="waterline">
        <nav ref={tabs} class="tabs" aria-label={navigation}>
          {tabNames.map((name) => (
            <a key={name} href={`#${name}`} aria-current={view.value === name ? 'page' : undefined}>
              {titles[name]}
            </a>
          ))}
        </nav>
        <Adapter />
      </div>
    </header>
  )
}

function Preferences() {
  const { language: languageLabel, theme: themeLabel, themes: themeNames } = words.value
  return (
    <div class="preferences">
      <Segments
        label={languageLabel}
        value={language.value}
        options={Object.entries(languages).map(([value, label]) => ({ value: value as Language, label, lang: value === 'zh' ? 'zh-Hans' : value }))}
        onChange={speak}
      />
      <Segments
        label={themeLabel}
        value={theme.value}
        options={themes.map((value) => ({ value, label: themeNames[value] }))}
        onChange={(chosen) => (theme.value = chosen)}
      />
    </div>
  )
}

function Adapter() {
  const { lookingForGpu, software, hardware, noGpu } = words.value
  const found = device.value
  const says = found.state === 'opening' ? lookingForGpu : found.state === 'unavailable' ? noGpu : `${found.name} · ${found.isSoftware ? software : hardware}`
  const kind = found.state === 'ready' ? (found.isSoftware ? 'software' : 'hardware') : found.state
  return (
    <p id="adapter" class="adapter" data-kind={kind} role="status" title={says}>
      {found.state === 'ready' ? <a href="#verify">{says}</a> : says}
    </p>
  )
}

type Loaded = { readonly name: ViewName; readonly component: ComponentType } | { readonly name: ViewName; readonly error: true }
const loaded = signal<Loaded | null>(null)

/** The view, loaded at its first visit. The previous view stays until then. */
function Outlet() {
  useSignalEffect(() => {
    const name = view.value
    views[name]().then(
      ({ default: component }) => {
        if (view.value === name) loaded.value = { name, component }
      },
      (error: unknown) => {
        console.error(error)
        if (view.value === name) loaded.value = { name, error: true }
      },
    )
  })
  const shown = loaded.value
  if (shown === null) return <p class="outlet-note">{words.value.loading}</p>
  if ('error' in shown)
    return (
      <p class="outlet-note" role="alert">
        {words.value.viewFailed} <button onClick={() => location.reload()}>{words.value.again}</button>
      </p>
    )
  return <Shown key={shown.name} name={shown.name} component={shown.component} />
}

/** The browser scrolls the first view of a visit. Other views start at the top. */
let visited = false

function Shown({ name, component: View }: { name: ViewName; component: ComponentType }) {
  useLayoutEffect(() => {
    if (visited) scrollTo(0, 0)
    // If the focus was in the previous view, it moves here, not to the top of the page.
    if (visited && document.activeElement === document.body) document.getElementById('main')!.focus({ preventScroll: true })
    visited = true
  }, [])
  return (
    <div class="view" data-view={name}>
      <View />
    </div>
  )
}
