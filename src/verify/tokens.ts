// Look-up and its gradient, and the sampling of classes.
import { numbers, productBound, sumBound } from '../agreement/bounds'
import { drawn } from '../agreement/drawn'
import { runKernel } from '../agreement/kernel'
import type { Gpu } from '../gpu/device'
import { structOf, writeStruct } from '../gpu/kernels'
import { sortPositions } from '../schedule/batch'
import { exactly, finding, single, type Check, type Finding } from './check'

const [V, width, count] = [37, 20, 45]
const ids = () => Uint32Array.from(numbers(count, 3), (v) => Math.floor(((v + 1) / 2) * V))

async function lookUpFindings(gpu: Gpu): Promise<Finding[]> {
  const [first, table, read] = [2, numbers(V * width, 1), ids()]
  const { out } = await runKernel(gpu, 'token/embedding_forward', {
    size: { first, count: count - first, stride: width / 4 },
    grid: [width / 4, Math.ceil((count - first) / 8), 1],
    data: { ids: read, table, out: new Float32Array((count + 1) * width).fill(7) },
  })
  const expected = out.map((_, i) => {
    const at = Math.floor(i / width)
    return at < first || at === count ? 7 : table[read[at]! * width + (i % width)]!
  })
  return [exactly('vectors', out, expected)]
}

async function gradientFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  const read = ids()
  const [starts, positions] = [new Uint32Array(V + 1), new Uint32Array(count)]
  sortPositions(read, starts, positions)
  const [dout, before] = [numbers(count * width, 4), numbers(V * width, 5)]
  // All of the rows, and some columns of some of them.
  for (const [first, end, at, columns, add] of [
    [0, count, 0, width, 0],
    [7, 30, 8, 4, 1],
  ] as const) {
    const { dtable } = await runKernel(gpu, 'token/embedding_backward', {
      size: { V, first, count: end - first, first_column: at / 4, width4: columns / 4, stride: width / 4, add },
      grid: [columns / 4, V, 1],
      data: { starts, positions, dout, dtable: before.slice() },
    })
    const expected = Float64Array.from(before, (v, i) => (!add && i % width >= at && i % width < at + columns ? 0 : v))
    for (let n = first; n < end; n++) for (let j = at; j < at + columns; j++) expected[read[n]! * width + j]! += dout[(n - first) * width + j]!
    found.push(finding(`gradient of ${end - first} rows`, dtable, expected, 1, sumBound(count)))
  }
  return found
}

/** How a class is sampled. */
const ways = [
  { temperature: 1, topK: 0 },
  { temperature: 0.5, topK: 3 },
  { temperature: 0, topK: 0 },
]
const seed = 3

const samplingOf = (values: Readonly<Record<string, number>>): Uint32Array<ArrayBuffer> => {
  const { size, fields } = structOf('token/sample', 'sampling')
  const bytes = new DataView(new ArrayBuffer(size))
  writeStruct(bytes, 0, fields, { prefix: 0, steps: 0, ...values })
  return new Uint32Array(bytes.buffer)
}

/** Classes that were sampled beside those that should have been; where a rounding may decide, any. */
const sampledRight = (title: string, came: ArrayLike<number>, expected: readonly (number | null)[]): Finding =>
  exactly(
    title,
    came,
    expected.map((id, i) => id ?? came[i]!),
  )

async function sampleFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  for (const classes of [7, 65, 300]) {
    const [B, s, stride] = [24, 1, Math.ceil(classes / 4) * 4]
    const logits = numbers(2 * B * stride, classes).map((v) => 4 * v)
    const row = (b: number) => logits.subarray((s * B + b) * stride, (s * B + b) * stride + classes)
    row(B - 1)[classes - 1] = NaN // of which nothing can be sampled
    for (const { temperature, topK } of ways) {
      const made = await runKernel(gpu, 'token/sample', {
        size: { B, V: classes, stride4: stride / 4, s },
        grid: [1, B, 1],
        width: gpu.tuning.reductionWidth,
        data: { sampling: samplingOf({ temperature, top_k: topK, seed, position: 5 }), logits, ids: new Uint32Array((s + 2) * B).fill(99) },
      })
      const expected = Array.from({ length: B - 1 }, (_, b) => drawn(row(b), { temperature, topK, seed, stream: b, index: 5 + s }))
      const title = `${classes} classes, temperature ${temperature}, top ${topK}`
      found.push(sampledRight(title, made.ids.subarray((s + 1) * B), expected))
      if (temperature > 0) found.push(exactly(`${title}, NaN`, [Number(made.ids[(s + 2) * B - 1]! >= classes)], [1]))
    }
  }
  return found
}

async function sampleStepFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  for (const [classes, hidden] of [
    [28, 12],
    [65, 36],
  ] as const) {
    const [T, s, H4, V4, width4] = [3, 1, hidden / 4, Math.ceil(classes / 4), 6]
    const zeroPast = (values: Float32Array<ArrayBuffer>) => values.map((v, i) => (i % (4 * V4) < classes ? v : 0))
    const [W, b, table, h] = [zeroPast(numbers(hidden * 4 * V4, 1)), zeroPast(numbers(4 * V4, 2)), numbers(classes * 24, 3), numbers((T + 2) * hidden, 5)]
    const logits = Float64Array.from({ length: classes }, (_, v) => {
      let sum: number = b[v]!
      for (let k = 0; k < hidden; k++) sum += h[(s + 1) * hidden + k]! * W[k * 4 * V4 + v]!
      return sum
    })
    for (const { temperature, topK } of ways)
      for (const position of [0, 1, 2, 3]) {
        const made = await runKernel(gpu, 'token/sample_step', {
          size: { s, T, H4, V: classes, W: 0, b: W.length / 4, table: (W.length + b.length) / 4, width4 },
          grid: [1, 1, 1],
          width: gpu.tuning.reductionWidth,
          data: {
            sampling: samplingOf({ temperature, top_k: topK, seed, position }),
            parameters: Float32Array.of(...W, ...b, ...table),
            h,
            logits: new Float32Array(T * 4 * V4).fill(7),
            ids: new Uint32Array(T + 1).fill(2),
            out: new Float32Array(T * 24).fill(7),
          },
        })
        const came = made.logits.subarray(s * 4 * V4, s * 4 * V4 + classes)
        const id = made.ids[s + 1]!
        const title = `${classes} classes, temperature ${temperature}, top ${topK}`
        found.push(
          finding(`logits of ${title}`, came, logits, Math.sqrt(hidden), productBound(hidden)),
          sampledRight(title, [id], [drawn(came, { temperature, topK, seed, index: position + s })]),
          exactly(`vector after ${title}`, made.out.subarray((s + 1) * 24), table.subarray(id * 24, (id + 1) * 24)),
        )
      }
  }
  return found
}

export const tokenChecks: readonly Check[] = [
  single('token/embedding_forward', 'look-up of an embedding', lookUpFindings),
  single('token/embedding_backward', 'gradient of an embedding, whole and in parts', gradientFindings),
  single('token/sample', 'sampling by temperature and top-k; nothing from NaN', sampleFindings),
  single('token/sample_step', 'output layer, sampling and look-up in one', sampleStepFindings),
]
