// The float64 reference: the same mathematics as the kernels in shaders, in plain loops, for tests and inspection.
// Nothing here is fast, and nothing here knows the GPU.
export { references, type State, type Step, type StepGradient } from './cells'
export { type LayerGradients, type LayerTrace } from './layer'
export { crossEntropy, squaredError, type Loss, type LossOptions } from './loss'
export {
  backward,
  forward,
  lossAndGradients,
  zeroParameters,
  type Forward,
  type ForwardOptions,
  type OuterGradients,
  type Gradients,
  type Inputs,
  type Parameters,
} from './network'
export { clipNorm, clipValue, globalNorm, Optimizer, sharesOf, type Rule, type Share, type Shares } from './optimizer'
