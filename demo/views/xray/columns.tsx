// A strip of columns, one per character, that scrolls sideways. The canvas is as wide as the visible part and is repainted as it
// scrolls: a whole text would be wider than a canvas can be.
import { signal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { colours } from '../../page/theme'
import { paint, paletteOf, type Palette, type Panel } from './paint'
import { cursor } from './state'
import { words } from './strings'

interface Props {
  /** A description for screen readers. */
  readonly label: string
  readonly characters: readonly string[]
  readonly panels: readonly Panel[]
  /** Called with the row of the heat map that was clicked. */
  readonly onRow?: (row: number) => void
  /** Called by the up and down arrow keys with a number of rows. */
  readonly onWalk?: (rows: number) => void
}

/** The scroll position of all strips: they show the same characters. */
const scrolled = signal(0)
const column = (characters: readonly string[]) => (characters.some((character) => character > '\u2e80') ? 20 : 14)

export function Columns({ label, characters, panels, onRow, onWalk }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const palette = useRef<Palette | null>(null)
  const width = column(characters)
  const height = panels.reduce((sum, panel) => sum + panel.height, 0)
  const latest = useRef({ characters, panels, width })
  latest.current = { characters, panels, width }
  const frame = useRef(0)

  const repaint = () => {
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => {
      const [host, target] = [scroller.current, canvas.current]
      if (!host || !target) return
      const { characters, panels, width: column } = latest.current
      palette.current ??= paletteOf(host)
      const seen = Math.min(host.clientWidth, characters.length * column)
      target.style.width = `${seen}px`
      paint(target, panels, { width: seen, left: host.scrollLeft, column, characters, at: cursor.value, ratio: devicePixelRatio }, palette.current)
    })
  }
  useEffect(repaint)
  useEffect(() => {
    const observer = new ResizeObserver(repaint)
    observer.observe(scroller.current!)
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame.current)
    }
  }, [])
  useSignalEffect(() => {
    if (colours.value > 0) palette.current = null
    const at = cursor.value
    const host = scroller.current!
    if (host.scrollLeft !== scrolled.value) host.scrollLeft = scrolled.value
    // A character that was pointed at elsewhere, or reached by key, is scrolled into view.
    const x = (at ?? 0) * latest.current.width
    if (at !== null && (x < host.scrollLeft || x + latest.current.width > host.scrollLeft + host.clientWidth)) host.scrollLeft = x - host.clientWidth / 2
    repaint()
  })

  const point = (event: PointerEvent | MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect()
    const at = Math.floor((event.clientX - box.left + scroller.current!.scrollLeft) / width)
    if (at >= 0 && at < characters.length) cursor.value = at
    return event.clientY - box.top
  }
  const click = (event: MouseEvent) => {
    let y = point(event)
    for (const panel of panels) {
      if (panel.kind === 'heat' && y >= 0 && y < panel.height) onRow?.(Math.floor((y / panel.height) * panel.rows.length))
      y -= panel.height
    }
  }
  const keys: Record<string, () => void> = {
    ArrowRight: () => (cursor.value = Math.min(characters.length - 1, (cursor.value ?? -1) + 1)),
    ArrowLeft: () => (cursor.value = Math.max(0, (cursor.value ?? 1) - 1)),
    Home: () => (cursor.value = 0),
    End: () => (cursor.value = characters.length - 1),
    ArrowDown: () => onWalk?.(1),
    ArrowUp: () => onWalk?.(-1),
  }
  const press = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  return (
    <div
      class="columns"
      ref={scroller}
      tabIndex={0}
      role="group"
      aria-label={words.value.columns}
      onKeyDown={press}
      onScroll={(event) => (scrolled.value = event.currentTarget.scrollLeft)}
    >
      <div class="columns-all" style={{ width: `${characters.length * width}px`, height: `${height}px` }}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={label}
          style={{ height: `${height}px` }}
          onPointerMove={(event) => event.pointerType === 'mouse' && point(event)}
          onClick={click}
        />
      </div>
    </div>
  )
}
