// ONNX Runtime Web's wasm: the network as `toOnnx` writes it, whose states go in and out of each run.
import { toOnnx } from 'sluice/formats/onnx'
import { layoutOfStates } from '../../../src/schedule/states'
import type { Engine } from './engine'

/** What is used of ONNX Runtime, whose package only the bench installs. */
interface Tensor {
  readonly data: Float32Array
}
type Tensors = Record<string, Tensor>
interface Runtime {
  readonly env: { readonly versions: { readonly web: string }; readonly wasm: { numThreads: number; wasmPaths: string } }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { executionProviders: readonly string[]; logSeverityLevel: number },
    ): Promise<{ run(feeds: Tensors): Promise<Tensors>; release(): Promise<void> }>
  }
}

const folder = '/node_modules/onnxruntime-web/dist/'

/** @param threads of its pool. They are set once for each copy of the module, so each number has a copy of its own. */
export async function onnxRuntime(threads: number): Promise<Engine> {
  const runtime = (await import(/* @vite-ignore */ `${folder}ort.wasm.bundle.min.mjs?threads=${threads}`)) as Runtime
  runtime.env.wasm.wasmPaths = folder
  runtime.env.wasm.numThreads = threads
  return {
    title: `ONNX Runtime Web ${runtime.env.versions.web}, wasm, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    async open(network, { steps, streams }) {
      const { spec } = network
      if (!('features' in spec.input)) throw new Error('the stream has no features')
      const { features } = spec.input
      const session = await runtime.InferenceSession.create(toOnnx(await network.readParameters(), spec, { states: true }), {
        executionProviders: ['wasm'],
        logSeverityLevel: 3,
      })
      const tensor = (data: Float32Array, ...dims: number[]) => new runtime.Tensor('float32', data, dims)
      const states = layoutOfStates(spec, streams).map(({ layer, name, shape }) => ({ name: `layers.${layer}.${name}`, shape: shape.map(({ size }) => size) }))
      // [B, D, H] there, [D, B, H] here.
      let now: Tensors = Object.fromEntries(states.map(({ name, shape: [B, D, H] }) => [`${name}0`, tensor(new Float32Array(B! * D! * H!), D!, B!, H!)]))
      return {
        async hear(batches) {
          const answers: Float32Array[] = []
          for (const batch of batches) {
            const found = await session.run({ features: tensor(batch, steps, streams, features), ...now })
            now = Object.fromEntries(states.map(({ name }) => [`${name}0`, found[`${name}T`]!]))
            answers.push(found['logits']!.data)
          }
          return answers
        },
        end: () => session.release(),
      }
    },
  }
}
