// Paints panels with common columns, one per character, onto a canvas: lines, the characters, a heat map.
import type { Shown } from './state'

export interface Line {
  readonly values: Float32Array
  /** The token of its colour. */
  readonly colour: string
  readonly dash?: readonly number[]
}

export type Panel =
  | { readonly kind: 'lines'; readonly height: number; readonly range: readonly [number, number]; readonly lines: readonly Line[] }
  | { readonly kind: 'characters'; readonly height: number }
  | {
      readonly kind: 'heat'
      readonly height: number
      readonly values: Float32Array
      readonly rows: readonly number[]
      readonly range: Shown['range']
      readonly marked: number
    }

export interface View {
  /** The width of the canvas in CSS pixels. */
  readonly width: number
  /** The scroll position in CSS pixels. */
  readonly left: number
  readonly column: number
  readonly characters: readonly string[]
  readonly at: number | null
  readonly ratio: number
}

/** The colours of the present theme, as RGBA pixels or CSS colours. */
export interface Palette {
  /** The colour scale, 256 pixels. */
  readonly scale: Uint32Array
  css(token: string): string
  readonly serif: string
}

/** The visible form of a character in a column. */
export const glyph = (character: string) => ({ '\n': '⏎', ' ': '·', '\t': '⇥' })[character] ?? character

export function paletteOf(host: HTMLElement): Palette {
  const style = getComputedStyle(host)
  const probe = host.appendChild(document.createElement('i'))
  const css = (token: string) => {
    probe.style.color = `var(${token})`
    return getComputedStyle(probe).color
  }
  // A canvas converts any CSS colour into bytes.
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true })!
  const bytes = (token: string) => {
    context.fillStyle = css(token)
    context.fillRect(0, 0, 1, 1)
    return context.getImageData(0, 0, 1, 1).data
  }
  const [low, middle, high] = ['--low', '--middle', '--high'].map(bytes) as [Uint8ClampedArray, Uint8ClampedArray, Uint8ClampedArray]
  const scale = new Uint8ClampedArray(256 * 4)
  for (let i = 0; i < 256; i++) {
    const x = i / 127.5 - 1
    const end = x < 0 ? low : high
    const share = Math.abs(x) ** 0.8 // so that small values are seen to have a sign
    for (let k = 0; k < 4; k++) scale[i * 4 + k] = middle[k]! + share * (end[k]! - middle[k]!)
  }
  const colours = Object.fromEntries(
    ['--ink', '--muted', '--line', '--paper', '--sunk', '--water', '--gru', '--rnn', '--lstm', '--mgu', '--held-out'].map((token) => [token, css(token)]),
  )
  probe.remove()
  return { scale: new Uint32Array(scale.buffer), css: (token) => colours[token] ?? '#888', serif: style.getPropertyValue('--serif') }
}

export function paint(canvas: HTMLCanvasElement, panels: readonly Panel[], view: View, palette: Palette): void {
  const height = panels.reduce((sum, panel) => sum + panel.height, 0)
  const { width, ratio, left, column, characters, at } = view
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio)
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio)
  const context = canvas.getContext('2d')!
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  const first = Math.max(0, Math.floor(left / column))
  const last = Math.min(characters.length, Math.ceil((left + width) / column))
  const x = (t: number) => t * column - left
  let top = 0
  for (const panel of panels) {
    if (panel.kind === 'lines') paintLines(context, panel, { top, first, last, x, width, column }, palette)
    else if (panel.kind === 'characters') paintCharacters(context, characters, { top: top + panel.height / 2, first, last, x, column, at }, palette)
    else paintHeat(context, panel, { top, first, last, x, width, column }, palette)
    top += panel.height
  }
  if (at === null || at < first || at >= last) return
  context.strokeStyle = palette.css('--ink')
  context.lineWidth = 1
  context.strokeRect(x(at) + 0.5, 0.5, column - 1, height - 1)
}

interface Geometry {
  readonly top: number
  readonly first: number
  readonly last: number
  readonly x: (t: number) => number
  readonly column: number
}

function paintLines(
  context: CanvasRenderingContext2D,
  { height, range: [low, high], lines }: Extract<Panel, { kind: 'lines' }>,
  { top, first, last, x, width, column }: Geometry & { width: number },
  palette: Palette,
): void {
  const y = (value: number) => top + 6 + (height - 12) * (1 - (value - low) / (high - low))
  context.strokeStyle = palette.css('--line')
  context.lineWidth = 1
  for (const level of [low, (low + high) / 2, high]) {
    context.beginPath()
    context.moveTo(0, Math.round(y(level)) + 0.5)
    context.lineTo(width, Math.round(y(level)) + 0.5)
    context.stroke()
  }
  for (const { values, colour, dash = [] } of lines) {
    context.beginPath()
    for (let t = Math.max(0, first - 1); t < Math.min(values.length, last + 1); t++) context.lineTo(x(t) + column / 2, y(values[t]!))
    context.strokeStyle = palette.css(colour)
    context.lineWidth = 2
    context.lineJoin = 'round'
    context.setLineDash([...dash])
    context.stroke()
    context.setLineDash([])
  }
}

function paintCharacters(
  context: CanvasRenderingContext2D,
  characters: readonly string[],
  { top, first, last, x, column, at }: Geometry & { at: number | null },
  palette: Palette,
): void {
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (let t = first; t < last; t++) {
    const character = characters[t]!
    context.font = `${t === at ? '600 ' : ''}16px ${palette.serif}`
    context.fillStyle = palette.css(character.trim() ? '--ink' : '--muted')
    context.fillText(glyph(character), x(t) + column / 2, top, column)
  }
}

function paintHeat(
  context: CanvasRenderingContext2D,
  { height, values, rows, range: [low, high], marked }: Extract<Panel, { kind: 'heat' }>,
  { top, first, last, x, column, width }: Geometry & { width: number },
  palette: Palette,
): void {
  const H = rows.length
  if (last <= first) return
  const columns = last - first
  const image = new ImageData(columns, H)
  const pixels = new Uint32Array(image.data.buffer)
  rows.forEach((unit, row) => {
    for (let t = first; t < last; t++) {
      const share = (values[t * H + unit]! - low) / (high - low)
      pixels[row * columns + t - first] = palette.scale[Math.max(0, Math.min(255, Math.round(255 * share)))]!
    }
  })
  const small = Object.assign(document.createElement('canvas'), { width: columns, height: H })
  small.getContext('2d')!.putImageData(image, 0, 0)
  context.imageSmoothingEnabled = false
  context.drawImage(small, x(first), top, columns * column, height)
  const row = rows.indexOf(marked)
  const step = height / H
  context.strokeStyle = palette.css('--ink')
  context.lineWidth = 1
  context.strokeRect(-2, Math.round(top + row * step) - 0.5, width + 4, Math.max(3, Math.round(step) + 1))
}
