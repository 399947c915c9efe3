// Counts what an engine asks of WebGPU, at WebGPU's own doors: dispatches, submits, bytes of buffers and textures. The
// bytes are charged to the job that was running when they were allocated; a buffer left to the garbage collector counts
// as living.

import type { Counts } from '../../src/measure/turns'

type Method = (this: object, ...args: never[]) => unknown
let current: Counts | null = null
const owners = new WeakMap<object, { counts: Counts; bytes: number }>()

/** Runs `work` with everything it does charged to `counts`. Not for jobs at the same time. */
export async function charged<Result>(counts: Counts, work: () => Promise<Result> | Result): Promise<Result> {
  const before = current
  current = counts
  try {
    return await work()
  } finally {
    current = before
  }
}

function allocate(made: object, bytes: number): void {
  if (!current) return
  owners.set(made, { counts: current, bytes })
  current.bytes += bytes
  current.peak = Math.max(current.peak, current.bytes)
}

function free(made: object): void {
  const owner = owners.get(made)
  if (owner) owner.counts.bytes -= owner.bytes
  owners.delete(made)
}

function around<Prototype extends object>(
  type: { prototype: Prototype },
  method: keyof Prototype & string,
  after: (result: object, self: object) => void,
): void {
  const prototype = type.prototype as Record<string, Method>
  const original = prototype[method]!
  prototype[method] = function (this: object, ...args: never[]) {
    const result = original.apply(this, args)
    after(result as object, this)
    return result
  }
}

/** Begins to count; once, before any device is opened. */
export function install(): void {
  const dispatched = () => void (current && current.dispatches++)
  around(GPUComputePassEncoder, 'dispatchWorkgroups', dispatched)
  around(GPUComputePassEncoder, 'dispatchWorkgroupsIndirect', dispatched)
  around(GPUQueue, 'submit', () => void (current && current.submits++))
  around(GPUDevice, 'createBuffer', (made) => allocate(made, (made as GPUBuffer).size))
  around(GPUDevice, 'createTexture', (made) => {
    const { width, height, depthOrArrayLayers } = made as GPUTexture
    allocate(made, width * height * depthOrArrayLayers * 4)
  })
  around(GPUBuffer, 'destroy', (_, self) => free(self))
  around(GPUTexture, 'destroy', (_, self) => free(self))
}
