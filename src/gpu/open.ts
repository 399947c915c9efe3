// Opening the GPU: finding an adapter, asking it for what large models need, and saying what to do where there is none.
import { checkFlag, checkOptions, show, SluiceError, type Known } from '../errors'
import { nameOf } from './adapter'
import { Gpu } from './device'

/** The options of a device: which adapter, and whether its kernels are checked. */
export interface OpenOptions {
  /** Where to look for WebGPU; `navigator.gpu` unless given (Dawn for Node gives its own). */
  readonly gpu?: GPU
  /** Which adapter to prefer on a machine with several. */
  readonly powerPreference?: GPUPowerPreference
  /** Whether to use subgroups where the adapter has them. Default true; results agree to a few roundings. */
  readonly subgroups?: boolean
  /** Whether the kernels that a training is about to use are checked before the first training on the adapter, in a fraction of a
   * second, and not used where they compute wrong results. What was right is remembered. Default true. */
  readonly check?: boolean
}

const openNames = { gpu: true, powerPreference: true, subgroups: true, check: true } satisfies Known<OpenOptions>

/** What the engine uses where it is offered. */
const optionalFeatures: readonly GPUFeatureName[] = ['subgroups', 'timestamp-query']

const noAdapter =
  (what: string) =>
  (cause: unknown): never => {
    throw new SluiceError(
      'no-adapter',
      `${what}: ${String((cause as Error)?.message ?? cause)}. Reload the page, restart the browser, or update the graphics driver.`,
      { cause },
    )
  }

/** How a run time outside browsers comes by WebGPU; undefined in browsers. */
function outsideBrowsers(): string | undefined {
  const { Bun, Deno, process } = globalThis as { Bun?: unknown; Deno?: unknown; process?: { versions?: { node?: string } } }
  if (Deno) return 'Deno has WebGPU behind a switch: start it with deno run --unstable-webgpu.'
  if (!Bun && !process?.versions?.node) return undefined
  return `${Bun ? 'Bun' : 'Node'} has no WebGPU of its own. Install the package webgpu (npm install webgpu) and give what it opens: import { create, globals } from "webgpu"; Object.assign(globalThis, globals); await openDevice({ gpu: create([]) }).`
}

function hasAdapters(gpu: unknown): boolean {
  try {
    return typeof (gpu as GPU | null)?.requestAdapter === 'function'
  } catch {
    return false
  }
}

/** Opens the GPU.
 * @throws SluiceError `bad-value` for a wrong option; `no-webgpu` where the browser has no WebGPU, `no-adapter` where it offers no adapter; the message
 * says which browser does. */
export async function openDevice(options: OpenOptions = {}): Promise<Gpu> {
  const {
    gpu = globalThis.navigator?.gpu,
    powerPreference,
    subgroups,
    check = true,
  } = checkOptions('options', options, "{ powerPreference: 'high-performance' }", openNames)
  checkFlag('subgroups', subgroups)
  checkFlag('check', check)
  if (powerPreference !== undefined && powerPreference !== 'low-power' && powerPreference !== 'high-performance')
    throw new SluiceError('bad-value', `powerPreference is ${show(powerPreference)}, expected 'low-power' or 'high-performance'`)
  if (gpu === undefined) {
    const insecure = globalThis.isSecureContext === false
    throw new SluiceError(
      'no-webgpu',
      insecure
        ? 'This page is not in a secure context, so the browser hides WebGPU. Open it over https:// or on http://localhost.'
        : (outsideBrowsers() ??
            'This browser has no WebGPU. Chrome or Edge 113, Safari 26 and Firefox 147 (on Windows and on Macs with Apple silicon) or newer have it; on Linux, Chrome with most GPUs needs chrome://flags/#enable-unsafe-webgpu.'),
    )
  }
  if (!hasAdapters(gpu)) throw new SluiceError('bad-value', `gpu is ${show(gpu)}, expected a GPU such as navigator.gpu`)
  const adapter = await gpu.requestAdapter(powerPreference ? { powerPreference } : {}).catch(noAdapter('WebGPU could not look for an adapter'))
  if (!adapter)
    throw new SluiceError(
      'no-adapter',
      "WebGPU is there but found no adapter. Update the graphics driver, allow hardware acceleration in the browser's settings, or start Chrome with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader to run on the CPU.",
    )
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  const requiredFeatures = optionalFeatures.filter((feature) => adapter.features.has(feature) && (feature !== 'subgroups' || subgroups !== false))
  const { name, isSoftware } = nameOf(adapter.info)
  const device = await adapter
    .requestDevice({ label: 'sluice', requiredFeatures, requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } })
    .catch(noAdapter(`the adapter ${name} gave no device`))
  const opened = new Gpu(device, name, isSoftware, () => openDevice(options), check)
  await opened.canUseQuads() // so that nothing later waits for it
  return opened
}
