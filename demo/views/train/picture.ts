// A picture of a sample, with the lines of its luck, to be sent to somebody. It is drawn in the colours of the page.
import { charactersOf, surpriseLevel, type SampledText } from '../../shared/train/sampled-text'

export interface Pictured {
  readonly prefix: string
  readonly draws: SampledText
  /** Above the text, such as the step. */
  readonly title: string
  /** Below it: what wrote it. */
  readonly about: string
  /** What the lines mean. */
  readonly legend: string
}

/** As previews of links are shown. */
const [width, height] = [1200, 630]
const [edge, lineHeight, fontSize] = [72, 50, 32]
/** The strength of the line under a character, by its level of surprise. */
const strengths = [0, 0.18, 0.4, 0.68, 1]

/** @param host whose colours and fonts it has. */
export async function pictureOf({ prefix, draws, title, about, legend }: Pictured, host: HTMLElement): Promise<Blob> {
  const style = getComputedStyle(host)
  const probe = host.appendChild(document.createElement('i'))
  const colour = (token: string) => {
    probe.style.color = `var(${token})`
    return getComputedStyle(probe).color
  }
  const [paper, ink, muted, cell, water] = ['--paper', '--ink', '--muted', '--cell', '--water'].map(colour) as [string, string, string, string, string]
  const [serif, sans] = [style.getPropertyValue('--serif'), style.getPropertyValue('--sans')]
  probe.remove()
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')!
  context.fillStyle = paper
  context.fillRect(0, 0, width, height)
  context.fillStyle = water
  context.fillRect(0, height - 10, width, 10)
  const write = (text: string, font: string, fill: string, x: number, y: number) => {
    context.font = font
    context.fillStyle = fill
    context.fillText(text, x, y, width - 2 * edge)
  }
  write(title, `600 26px ${sans}`, muted, edge, 84)
  const [top, bottom] = [150, height - 110]
  context.font = `${fontSize}px ${serif}`
  for (const { character, x, line, level } of laidOut(prefix, draws, (text) => context.measureText(text).width)) {
    const y = top + line * lineHeight
    if (y > bottom) break
    context.fillStyle = level === null ? muted : ink
    context.fillText(character, x, y)
    if (!level) continue
    context.globalAlpha = strengths[level]!
    context.fillStyle = cell
    context.fillRect(x, y + 9, context.measureText(character).width, 3)
    context.globalAlpha = 1
  }
  write(about, `22px ${sans}`, ink, edge, height - 62)
  write(legend, `18px ${sans}`, muted, edge, height - 32)
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser made no picture'))), 'image/png'))
}

interface Placed {
  readonly character: string
  readonly x: number
  readonly line: number
  /** null for the opening, which was not sampled. */
  readonly level: number | null
}

/** The characters in lines that break between words, or anywhere in a script without spaces. */
export function laidOut(prefix: string, draws: SampledText, widthOf: (text: string) => number): Placed[] {
  const all = [
    ...[...prefix].map((character) => ({ character, level: null })),
    ...charactersOf(draws).map((character, i) => ({ character, level: surpriseLevel(draws.chances[i]!) })),
  ]
  const placed: Placed[] = []
  let [x, line] = [edge, 0]
  const onward = () => ([x, line] = [edge, line + 1])
  for (let i = 0; i < all.length;) {
    const start = i
    // A word, or one character.
    do i++
    while (
      i < all.length &&
      /[\p{L}\p{M}\p{N}’']/u.test(all[i]!.character) &&
      /[\p{L}\p{M}\p{N}’']/u.test(all[i - 1]!.character) &&
      !/\p{Script=Han}/u.test(all[i]!.character)
    )
    const word = all.slice(start, i)
    const wide = word.reduce((sum, { character }) => sum + widthOf(character), 0)
    if (word[0]!.character === '\n') {
      onward()
      continue
    }
    if (x + wide > width - edge && x > edge) {
      onward()
      if (word[0]!.character === ' ') continue
    }
    for (const { character, level } of word) {
      placed.push({ character, x, line, level })
      x += widthOf(character)
    }
  }
  return placed
}
