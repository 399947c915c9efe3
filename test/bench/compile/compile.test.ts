// What bench:compile compiles, how it reads what drivers tell, and that the committed results are those of the kernels as they stand.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { subjects, type Subject } from '../paper'
import { families } from './families.mjs'
import { columns, figuresOf, worst, type Figures } from './figures'
import { beforeTable, constantsOf, fullTable, page, summaryTable, workgroupTable, worstTable, write, type Compiled } from './report'
import { catalogue, type Catalogue } from './variants'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const file = join(root, 'test/bench/results/compile.json')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const earlier: Compiled = JSON.parse(read('test/bench/results/compile-before-2026-11-30.json'))
const anew = 'the kernels, or what plans make of them, are not those that were compiled. Compile them anew: npm run bench:compile'

let all: Catalogue
beforeAll(() => {
  all = catalogue(subjects)
})

describe('the committed results', () => {
  test('are those of the kernels and plans as they stand, for every family', () => {
    const compiled: Compiled = JSON.parse(readFileSync(file, 'utf8'))
    expect(compiled.digest, anew).toBe(all.digest)
    expect(Object.keys(compiled.families).sort()).toEqual(families.map(({ name }) => name).sort())
    compiled.variants.forEach(({ kernel, figures }, v) => {
      for (const { name } of families) expect(figures[name]?.length, `${kernel} for ${name}`).toBe(all.variants[v]!.builds.length)
    })
    expect(write(compiled).length).toBeLessThan(2 ** 20)
    expect(read('docs/compile.md') === page(compiled, earlier), 'docs/compile.md is not of the results: npm run bench:compile -- table').toBe(true)
  })

  // But for those that write, by NVK: it takes 16 bytes an instruction and three instructions to check a load's bounds.
  const long = (family: string, kernel: string): boolean => family === 'nvidia' && kernel.startsWith('token/sample_')
  test('no kernel that hardware can be offered spills, has scratch memory or more than 32 kB of code', () => {
    const compiled: Compiled = JSON.parse(readFileSync(file, 'utf8'))
    const over = compiled.variants.flatMap(({ kernel, figures, ...variant }) =>
      Object.entries(figures).flatMap(([family, cells]) =>
        cells
          .filter((cell) => {
            const [spills, scratch, code] = (['spills', 'scratch', 'code'] as const).map((name) =>
              typeof cell === 'string' ? NaN : Number(cell[columns.indexOf(name)]),
            )
            return !(spills === 0 && scratch === 0 && code! <= (long(family, kernel) ? 48_000 : 32_000))
          })
          .map((cell) => `${family}: ${kernel} ${constantsOf(variant)}: ${String(cell)}`),
      ),
    )
    expect(over).toEqual([])
  })

  test('the model was asked about these plans', () => {
    expect(
      /Kernels and plans (\w+)\./.exec(read('docs/model.md'))?.[1],
      'the plans are not those of docs/model.md. Reckon them anew: npm run bench:model',
    ).toBe(all.digest)
  })
})

describe('what is compiled', () => {
  test('each kernel with its constants once, none that only software is offered, both builds where subgroups matter', () => {
    const keys = all.variants.map(({ kernel, constants }) => `${kernel} ${JSON.stringify(constants)}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.filter((key) => /^(resident|tile)\//.test(key))).toEqual([])
    const kernels = new Set(all.variants.map(({ kernel }) => kernel))
    for (const kernel of [
      'cell/rnn_forward_grid',
      'cell/gru_backward_grid',
      'cell/gru_reset_after_forward_grid',
      'cell/lstm_backward_grid',
      'cell/mgu_forward_grid',
      'product/product_staged',
      'token/sample_loop',
      'token/sample_step',
      'token/sample',
      'optimizer/sgd',
      'layer/dropout',
      'layer/peephole_gradient',
    ] as const)
      expect(kernels).toContain(kernel)
    for (const { builds } of all.variants)
      expect(builds.map((code) => code.startsWith('enable subgroups;'))).toEqual(builds.length === 1 ? [false] : [false, true])
  })

  test('every dispatch of every plan is counted', () => {
    const plan = all.plans.find(({ subject, kind, plan }) => subject === 'lstm-b32-t35-v28-h256' && kind === 'train' && plan === 'per-step-16')!
    expect(plan.dispatches.reduce((n, [, , count]) => n + count, 0)).toBe(2 * 35 + 11)
    expect(plan.dispatches.find(([variant]) => all.variants[variant]!.kernel === 'cell/lstm_backward_grid')).toEqual([expect.any(Number), '32×2×1', 35])
  })

  test('another kernel, other constants and other grids are another digest', () => {
    const choice = { kernels: ['optimizer'], plans: ['per-step-16'] }
    const some = (of: readonly Subject[]) => catalogue(of, choice)
    const few = subjects.filter(({ id }) => /^rnn-b32-t35-v28-h(64|128)$/.test(id))
    expect(some(few).digest).toBe(some(few).digest)
    expect(some(few).digest).not.toBe(some(few.slice(1)).digest)
    expect(
      some(few)
        .variants.map(({ kernel }) => kernel)
        .sort(),
    ).toEqual(['optimizer/adam', 'optimizer/gradient_norm'])
    expect(some(few).plans.every(({ plan, kind }) => plan === 'per-step-16' && kind !== 'write')).toBe(true)
  })
})

describe('what drivers tell', () => {
  // As they told it of small pipelines.
  const told: Record<string, { subgroup: number; statistics: Record<string, number | boolean> }> = {
    radv: {
      subgroup: 64,
      statistics: {
        SGPRs: 108,
        VGPRs: 12,
        'Spilled SGPRs': 1,
        'Spilled VGPRs': 2,
        'Code size': 64,
        'Scratch size': 256,
        'Subgroups per SIMD': 32,
        Instructions: 12,
      },
    },
    nvk: {
      subgroup: 32,
      statistics: {
        'Instruction count': 20,
        'Max warps/SM': 48,
        'Spills to memory': 3,
        'Fills from memory': 4,
        'Code size': 320,
        'Number of GPRs': 24,
        'SLM size': 16,
      },
    },
    agx: { subgroup: 32, statistics: { Instructions: 15, FSCIB: 9, 'Code size': 104, GPRs: 11, Scratch: 8, Threads: 1024, Spills: 5, Fills: 6 } },
    turnip: {
      subgroup: 64,
      statistics: {
        'Max Waves Per Core': 16,
        'Instruction Count': 17,
        'Code size': 34,
        'Registers used': 1,
        'STP Count': 2,
        'LDP Count': 7,
        'Early preamble': true,
      },
    },
    anv: {
      subgroup: 16,
      statistics: { Instructions: 16, 'Code size': 256, SENDs: 3, Spills: 1, Fills: 1, 'Scratch Memory Size': 1024, 'Max live registers': 8 },
    },
  }
  const expected: Record<string, (number | null)[]> = {
    radv: [12, 3, 256, 12, 64, 32, 64],
    nvk: [24, 7, 16, 20, 320, 48, 32],
    agx: [11, 11, 8, 15, 104, 1024, 32],
    turnip: [1, 9, null, 17, 136, 16, 64],
    anv: [8, 2, 1024, 16, 256, null, 16],
  }
  test.each(Object.keys(told))('%s', (driver) => {
    const figures = figuresOf(told[driver]!)
    expect(columns.map((name) => figures[name])).toEqual(expected[driver])
  })

  test('words that nobody knows are refused', () => expect(() => figuresOf({ subgroup: 1, statistics: { Gates: 7 } })).toThrow(/Gates/))

  test('the worst is the most of each, but the least occupancy', () => {
    const of = (values: (number | null)[]) => Object.fromEntries(columns.map((name, i) => [name, values[i]])) as unknown as Figures
    expect(worst([of([1, 9, null, 4, 5, 8, 32]), of([2, 3, null, 1, 7, 6, 16])])).toEqual(of([2, 9, null, 4, 7, 6, 16]))
  })
})

describe('tables', () => {
  const small = catalogue(
    subjects.filter(({ id }) => id === 'lstm-b32-t35-v28-h256'),
    { plans: ['per-step-16', 'write'] },
  )
  const compiled: Compiled = {
    schema: 'sluice-compile 1',
    date: '2026-01-02',
    digest: small.digest,
    mesa: '1',
    dawn: '2',
    families: { one: 'One', two: 'Two' },
    columns,
    variants: small.variants.map(({ kernel, constants, hash, builds }, v) => ({
      kernel,
      constants,
      hash,
      figures: { one: builds.map(() => [v, 1, 2, 3, 33_000, 4, 32]), two: builds.map(() => (v === 0 ? 'it died' : [7, 0, null, 1, 900, null, 16])) },
    })),
    plans: small.plans,
  }
  test('are made of the results', () => {
    const most = small.variants.length - 1
    expect(worstTable(compiled, ['train', 'write'])).toContain(`| lstm 256 | ${most} / 1 / 2 / 33 | 7 / 0 / – / 0.9 (`)
    expect(summaryTable(compiled)).toMatch(/\| One \| (\d+) \| \1 \| \1 \| \1 \| 0 \|/)
    expect(workgroupTable(compiled)).toContain('| lstm 256 | 81: 64, 64 |')
    expect(fullTable(compiled)).toContain('it died')
    expect(beforeTable({ ...compiled, families: { 'intel-tgl': 'TGL' } }, earlier)).toContain('| lstm 256, training | before | 442 / 3964 / 32768')
    expect(constantsOf(small.variants.find(({ kernel }) => kernel === 'cell/lstm_forward_grid')!)).toBe(
      'reads_ids, columns 8, k_slices 4, rows_each 4, width 128',
    )
    expect(page(compiled, earlier)).not.toMatch(/undefined|NaN/)
  })
  test('a file is read as it was written', () => expect(JSON.parse(write(compiled))).toEqual(JSON.parse(JSON.stringify(compiled))))
})
