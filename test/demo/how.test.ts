// The view How it works: the essay, its formulas and code, the toy and the picture of a training step.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../demo/launch/ensure.mjs'
import { equations, numberOf, type EquationName } from '../../demo/views/how/equations'
import { excerpt, excerpts } from '../../demo/views/how/excerpts'
import { parseMarkdown, type Block, type Inline } from '../../demo/views/how/markdown'
import { groupsOf } from '../../demo/views/how/plan-groups'
import { phone, small, useBrowser, visit } from './person'
import { screensOf } from './screens'

const names = Object.keys(equations) as EquationName[]

useBrowser()

it('shows code that is in the kernels, word for word, and refuses an equation that is not', () => {
  const numbers = new Set<number>()
  const without = new Set(['joined']) // no line of its own
  for (const { file, lines } of Object.values(excerpts)) {
    expect(readFileSync(join(projectRoot, file), 'utf8')).toContain(lines.map(({ text }) => text).join('\n'))
    expect(lines[0]!.text).toMatch(/^(@compute|fn)/)
    expect(lines.at(-1)!.text).toMatch(/\}$/)
    for (const { equations } of lines) equations.forEach((number) => numbers.add(number))
  }
  expect([...numbers].sort((a, b) => a - b)).toEqual(names.filter((name) => !without.has(name)).map(numberOf))
  const source = 'fn one() {\n  a = b;\n}\n\nfn two(x: f32) -> f32 { return x; }\n'
  expect(excerpt('x.wgsl', source, [['rnnState', /a = b/]]).lines.map(({ text }) => text)).toEqual(['fn one() {', '  a = b;', '}'])
  expect(excerpt('x.wgsl', source, [['reset', /return/]]).lines).toEqual([{ text: 'fn two(x: f32) -> f32 { return x; }', equations: [2], marked: true }])
  expect(excerpt('x.wgsl', source, [[null, /return/]]).lines).toEqual([{ text: 'fn two(x: f32) -> f32 { return x; }', equations: [], marked: true }])
  expect(() =>
    excerpt('x.wgsl', source, [
      ['rnnState', /a = b/],
      ['reset', /return/],
    ]),
  ).toThrow('shaders/x.wgsl: no function has all of')
})

describe('the documents', () => {
  const pages = [...['README.md', 'README.zh.md'], ...readdirSync(join(projectRoot, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))]
  const said = (parts: readonly Inline[]): string[] =>
    parts.flatMap((part) => (part.kind === 'link' ? said(part.text) : part.kind === 'code' ? [] : [part.text]))
  const textOf = (blocks: readonly Block[]): string[] =>
    blocks.flatMap((block) =>
      block.kind === 'code'
        ? []
        : block.kind === 'list'
          ? block.items.flatMap(textOf)
          : block.kind === 'table'
            ? [block.head, ...block.rows].flatMap((row) => row.flatMap(said))
            : said(block.text),
    )

  it.each(pages)('%s is read whole: no mark of Markdown is left as text', (path) => {
    const blocks = parseMarkdown(readFileSync(join(projectRoot, path), 'utf8'))
    expect(blocks.length).toBeGreaterThan(5)
    for (const text of textOf(blocks)) expect(text).not.toMatch(/\]\(|```|\*\*|<!--|^#+ |^\|/)
    for (const block of blocks) if (block.kind === 'table') for (const row of block.rows) expect(row).toHaveLength(block.head.length)
  })

  it('understands lists in lists, code in links and bars in code', () => {
    expect(parseMarkdown('1. one\n   goes on\n   - in [`it`](a.md)\n2. two')).toMatchObject([
      {
        kind: 'list',
        ordered: true,
        items: [
          [
            { kind: 'paragraph', text: [{ text: 'one goes on' }] },
            { kind: 'list', ordered: false, items: [[{ text: [{ text: 'in ' }, { kind: 'link', to: 'a.md', text: [{ kind: 'code', text: 'it' }] }] }]] },
          ],
          [{ text: [{ text: 'two' }] }],
        ],
      },
    ])
    expect(parseMarkdown('| a | b |\n|---|---|\n| `x\\|y` | **z** |')).toMatchObject([
      { rows: [[[{ kind: 'code', text: 'x|y' }], [{ kind: 'strong', text: 'z' }]]] },
    ])
  })

  it('open in the page, and lead to one another', async () => {
    const person = await visit({ view: 'how' })
    await person.press('[data-document="docs/architecture.md"] summary')
    expect(await person.says('[data-document="docs/architecture.md"] .how-document', /awkward parts/)).toContain('One kernel is several files')
    expect(await person.accessibilityFaults()).toEqual([])
    await person.press('[data-document="docs/architecture.md"] .how-link ::-p-text(Kernels)')
    expect(await person.says('[data-document="docs/kernels.md"] .how-document', /vec4f/)).toMatch(/^Kernels/)
    // No link leads to a file that the site does not have.
    const links = await person.page.$$eval('.how a', (all) => all.map((one) => one.getAttribute('href')!))
    expect(links.filter((href) => !/^(https:|#)/.test(href))).toEqual([])
    expect(await person.overflows()).toBe(false)
  })
})

it('groups the commands of a plan that belong together', () => {
  const step = (label: string, what: string, step: number | null = null) => ({ label, what, step })
  const groups = groupsOf([
    step('gru.l0 dh', 'clear'),
    step('embedding', 'token/embedding_forward'),
    step('l0 forward s=0', 'cell/rnn_forward', 0),
    step('l0 forward s=1', 'cell/rnn_forward', 1),
    step('head', 'product/product_nn'),
    step('loss', 'loss/cross_entropy'),
    step('dW_q', 'product/product_tn'),
    step('l0 backward s=1', 'cell/rnn_backward', 1),
    step('l0 dU', 'product/product_tn'),
    step('gradient norm', 'optimizer/gradient_norm'),
    step('statistics', 'loss/statistics'),
    step('update', 'optimizer/adam'),
  ])
  expect(groups.map(({ title, phase, commands }) => `${title}: ${phase} ${commands.length}`)).toEqual([
    'embedding: forward 1',
    'l0 forward: forward 2',
    'head: forward 1',
    'loss: loss 1',
    'dW_q: gradients 1',
    'l0 backward: backward 1',
    'l0 dU: gradients 1',
    'gradient norm: update 1',
    'statistics: update 1',
    'update: update 1',
  ])
})

describe.each(screensOf('how'))('$name', ({ screen }) => {
  it('sets its formulas, lets a gate be played with, and draws the plan of the settings', async () => {
    const person = await visit({ view: 'how', screen, settings: { ...small, cell: 'gru', layers: '2' } })
    expect(await person.page.$$('.equation math')).toHaveLength(names.length)
    // Each has its name and its number.
    expect(
      await person.page.$$eval('.equation', (all) => all.map((one) => [one.firstElementChild!.textContent !== '', one.lastElementChild!.textContent])),
    ).toEqual(names.map((_, i) => [true, `(${i + 1})`]))
    // Set by the browser as mathematics: an index is smaller than its letter and stands lower.
    const [base, index] = await person.page.$eval('#equation-1 msub', (msub) =>
      [...msub.children].map((child) => child.getBoundingClientRect().toJSON() as DOMRect),
    )
    expect(index!.height).toBeLessThan(base!.height)
    expect(index!.bottom).toBeGreaterThan(base!.bottom)
    expect(await person.text('#how-gru .code-line.marked')).toMatch(/^\(2\)\s+let r = sigmoid/)

    const slide = (to: string) =>
      person.page.$eval(
        '[name=gate-value]',
        (slider, to) => {
          ;(slider as HTMLInputElement).value = to
          slider.dispatchEvent(new Event('input', { bubbles: true }))
        },
        to,
      )
    await slide('0.5')
    expect(await person.says('#toy-says', /0 %/)).toBe('After 10 characters, 0 % of the first one is left. Half of it is gone after 1.0.')
    await person.choose('gate', 'f')
    await slide('0.95')
    expect(await person.says('#toy-says', /60 %/)).toContain('Half of it is gone after 13.5')
    expect(await person.text('#toy tbody')).toMatch(/Left\s+95 %\s+77 %\s+60 %\s+36 %\s+8 %/)
    await person.choose('gate', 'r')
    expect(await person.says('#toy-says', /sees/)).toContain('sees 95 % of the old state')

    // 4 T + 11 with the first layer, 4 T + 5 more for the second.
    await person.says('#plan', /layers|units/)
    await person.press('#plan summary')
    const total = Number(await person.text('#dispatches'))
    const rows = await person.page.$$eval('#plan tbody tr td:nth-child(3)', (cells) => cells.map((cell) => Number((cell as HTMLElement).innerText)))
    expect(rows.slice(0, -1).reduce((a, b) => a + b)).toBe(total)
    expect(await person.page.$$('#plan > svg > rect')).toHaveLength(total)
    const T = Number(small.steps)
    expect(total).toBe(4 * T + 11 + 4 * T + 5)

    expect(await person.overflows()).toBe(false)
    expect(await person.accessibilityFaults()).toEqual([])
  })
})

it('can be read where there is no WebGPU', async () => {
  const person = await visit({ view: 'how', before: () => Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined }) })
  await person.says('.how', /One step, again and again/)
  expect(await person.page.$('#plan')).toBeNull()
  await person.page.locator('nav a ::-p-text(Train)').click()
  expect(await person.says('#unavailable', /./)).toContain('This browser has no WebGPU')
})

it('fits the narrowest phones, and no two of its regions have one name', async () => {
  const person = await visit({ view: 'how', screen: { ...phone, width: 320 } })
  await person.says('#toy-says', /./)
  expect(await person.overflows()).toBe(false)
  // Equations that are wider scroll, and can be reached by keyboard.
  expect(await person.accessibilityFaults()).toEqual([])
  const names = await person.page.$$eval('[role=region]', (regions) => regions.map((region) => region.getAttribute('aria-label')))
  expect(new Set(names).size).toBe(names.length)
})
