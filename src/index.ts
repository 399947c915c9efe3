// Sluice: recurrent networks trained and run on WebGPU. What a user can import, and nothing else.
export { cellNames, cells, type Cell, type CellName } from './cells'
export { shapesOf as parameterShapes } from './check-spec'
export { SluiceError, type ErrorCode } from './errors'
export { Evaluator, type EvaluationBatch, type EvaluationResult, type EvaluatorOptions } from './evaluator'
export { fromPyTorch, toPyTorch, type FromPyTorchOptions } from './formats/pytorch'
export { describePyTorch, type Described, type DescribeOptions } from './formats/pytorch-describe'
export type { PyTorchNames } from './formats/pytorch-slots'
export { readSafetensors, writeSafetensors, type Dtype, type FloatTensor, type SafetensorsFile, type StoredTensor } from './formats/safetensors'
export { adoptDevice, type AdoptOptions } from './gpu/adopt'
export type { Gpu } from './gpu/device'
export type { OpenOptions } from './gpu/open'
export { strategyNames, type StrategyName, type StrategyOption } from './gpu/strategy'
export type { Profile, ProfiledDispatch, ProfiledKernel } from './gpu/stopwatch'
export type { Dimension, Tensor } from './gpu/tensor'
export type { Initialiser, InitialOptions } from './initialise'
export { memoryOf, type Memory, type MemoryOptions } from './memory'
export { Network, type LoadOptions, type NetworkOptions } from './network'
export { adam, adamW, momentum, rmsprop, sgd, type Optimizer } from './optimizer'
export type { ParameterGroup } from './parameter-groups'
export { constant, cosine, exponential, stepwise, warmup, type Rate } from './learning-rate'
export { Predictor, type PredictionBatch, type PredictorOptions } from './predictor'
export type { PredictorState, ReadState } from './predictor-state'
export { RecurrentLayer, type BackwardOptions, type ForwardOptions, type RecurrentLayerOptions } from './recurrent-layer'
export type { LayerState, RunOptions, RunResult, Trace } from './run'
export { ignored, type Activation, type DenseSpec, type Head, type LayerSpec, type NetworkSpec, type NumbersHead, type Source } from './spec'
export type { NotFinitePolicy } from './schedule/training'
export { Trainer, type ApplyResult, type BackwardPass, type PassBatch, type StepResult, type TrainerOptions, type TrainingBatch } from './trainer'
export {
  BlankModel,
  type Blank,
  type BlankEvaluationOptions,
  type BlankModelOptions,
  type BlankTrainOptions,
  type Evaluation,
  type GuessOptions,
} from './text/blank-model'
export { Corpus, type CorpusOptions } from './text/corpus'
export { decodeText, guessEncodings } from './text/decode'
export { Series, type SeriesOptions, type SeriesValues } from './series/series'
export { SeriesModel, type ForecastOptions, type SeriesEvaluationOptions, type SeriesModelOptions, type SeriesTrainOptions } from './series/series-model'
export type { SeriesEvaluation } from './series/evaluation'
export type { Forecast } from './series/forecast'
export type { Scale } from './series/scale'
export type { SeriesProgress } from './series/training'
export type { Guess, Sample } from './text/samples'
export type { EncodingGuess } from './text/guess-encoding.js'
export { TextModel, type SampleOptions, type TextEvaluationOptions, type TextModelOptions, type TrainOptions } from './text/text-model'
export type { Recover } from './training/recovery'
export type { Progress, Training } from './text/progress'
export { Vocabulary, type Symbols, type VocabularyOptions } from './text/vocabulary'
export type { GenerateOptions } from './text/generator'
export { openDevice } from './strategies'
export { formatReport, verifyGpu, type AdapterFacts, type GpuReport, type KernelReport, type VerifyOptions, type VerifyProgress } from './verify'
export {
  formatMeasurement,
  measureGpu,
  type GpuMeasurement,
  type MeasuredRow,
  type MeasureOptions,
  type MeasureProgress,
  type Peer,
  type PeerJob,
  type PeerOutcome,
  type PeerTask,
  type Probe,
  type ProductResult,
  type Work,
  type WorkKind,
  type WorkMeasurement,
} from './measure'
