// Results as a picture (SVG): for each work a group of bars, how many times as long as Sluice each peer takes, on a
// logarithmic scale.
import { isSluice } from './options'
import type { Results, WorkResult } from './results'
import { figure, peersOf, ratio } from './table'
import { titleOf, type Kind } from '../../src/measure/works'

const titles: Readonly<Record<Kind, string>> = { train: 'Training step', forward: 'Forward', generate: 'Writing, batch 1' }

/** Families of peers share a hue; Okabe and Ito's palette, which the colour-blind can tell apart. */
const colours: Readonly<Record<string, string>> = {
  sluice: '#0072b2',
  'jax-webgpu': '#e69f00',
  'jax-wasm': '#f0c878',
  'tfjs-webgpu': '#d55e00',
  'tfjs-webgl': '#e08850',
  'tfjs-wasm': '#eeb896',
  'onnx-webgpu': '#009e73',
  'onnx-wasm': '#7fcfb9',
  'pytorch-cpu': '#7a4b9a',
  'pytorch-cuda': '#7a4b9a',
}
const labels: Readonly<Record<string, string>> = { sluice: 'Sluice', jax: 'jax-js', tfjs: 'TensorFlow.js', onnx: 'ONNX Runtime Web', pytorch: 'PyTorch' }

const label = (name: string): string => {
  const [family, ...backend] = name.split('-')
  return [labels[family!] ?? family, ...backend].join(' ')
}

/** Other forms of Sluice are paler than it, each more than the one before. */
function colourOf(name: string, names: readonly string[]): string {
  const forms = names.filter((other) => isSluice(other) && other !== 'sluice')
  const paler = (forms.indexOf(name) + 1) / (forms.length + 1)
  return paler > 0 ? `hsl(202 ${(100 - 40 * paler).toFixed(0)}% ${(35 + 50 * paler).toFixed(0)}%)` : (colours[name] ?? '#888')
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

const [left, right, bar, gap, top] = [255, 90, 11, 14, 78]
const width = 885

/** Powers of ten around all ratios. */
export function scaleOf(ratios: readonly number[]): { from: number; to: number } {
  const logs = ratios.filter((r) => r > 0).map(Math.log10)
  return { from: Math.min(0, Math.floor(Math.min(...logs))), to: Math.max(1, Math.ceil(Math.max(...logs))) }
}

export function picture(results: Results): string {
  const names = peersOf(results)
  const groups = results.works
    .map((result) => ({
      result,
      bars: names.flatMap((name) => {
        const times = ratio(result, name)
        return times === undefined ? [] : [{ name, times }]
      }),
    }))
    .filter(({ bars }) => bars.length > 1)
  const { from, to } = scaleOf(groups.flatMap(({ bars }) => bars.map(({ times }) => times)))
  const x = (times: number) => left + ((Math.log10(times) - from) / (to - from)) * (width - left - right)

  const marks: string[] = []
  let y = top
  let kind: Kind | undefined
  for (const { result, bars } of groups) {
    if (result.kind !== kind) {
      kind = result.kind
      marks.push(`<text x="8" y="${y + 14}" class="kind">${titles[kind]}</text>`)
      y += 24
    }
    const middle = y + (bars.length * bar) / 2 + 4
    marks.push(`<text x="${left - 8}" y="${middle}" text-anchor="end">${escape(titleOf(result.work))}</text>`)
    for (const { name, times } of bars) {
      const [a, b] = [Math.min(x(1), x(times)), Math.max(x(1), x(times))]
      marks.push(
        `<rect x="${a.toFixed(1)}" y="${y}" width="${Math.max(2, b - a).toFixed(1)}" height="${bar - 2}" fill="${colourOf(name, names)}"><title>${escape(`${label(name)}: ${value(result, name)}`)}</title></rect>`,
      )
      marks.push(
        `<text x="${(times < 1 ? x(1) + 4 : b + 4).toFixed(1)}" y="${y + bar - 3}" class="small">${name === 'sluice' ? value(result, name) : `×${figure(times)}`}</text>`,
      )
      y += bar
    }
    y += gap
  }
  const height = y + 16
  const grid = Array.from({ length: to - from + 1 }, (_, i) => {
    const times = 10 ** (from + i)
    return `<line x1="${x(times)}" x2="${x(times)}" y1="${top - 8}" y2="${height - 20}" class="${times === 1 ? 'one' : 'grid'}"/><text x="${x(times)}" y="${height - 6}" text-anchor="middle" class="small">×${times}</text>`
  })
  const perRow = 5
  const legend = names.map((name, i) => {
    const [lx, ly] = [8 + (i % perRow) * 168, 32 + Math.floor(i / perRow) * 16]
    return `<rect x="${lx}" y="${ly - 8}" width="10" height="10" fill="${colourOf(name, names)}"/><text x="${lx + 15}" y="${ly}" class="small">${escape(label(name))}</text>`
  })
  const title = `Times as long as Sluice (right of ×1: slower), ${results.adapter}, ${results.date}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<style>text { font: 12px system-ui, sans-serif; fill: #222 } .small { font-size: 10px } .kind { font-weight: 600; font-size: 13px } .grid { stroke: #ddd } .one { stroke: #0072b2 }</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="16" class="kind">${escape(title)}</text>
${[...legend, ...grid, ...marks].join('\n')}
</svg>
`
}

function value({ kind, work, rows }: WorkResult, name: string): string {
  const row = rows[name]
  if (row?.status !== 'measured') return ''
  return kind === 'generate' ? `${figure((work.T / row.median) * 1000)} characters/s` : `${figure(row.median)} ms`
}
