import { strings } from '../../page/language'
import type { Out } from '../../shared/gradients/record'
import type { GradientSettings, TaskName } from '../../shared/gradients/settings'
import type { LessonName } from './settings'

export type Trace = 'norm' | 'loss'

interface GradientWords {
  title: string
  lead: string
  learn: string
  lesson: string
  lessons: Record<LessonName, string>
  lessonAbout: Record<LessonName, string>
  ownSettings: string
  task: string
  tasks: Record<TaskName, string>
  taskAbout: Record<TaskName, string>
  rnn: string
  rnns: Record<GradientSettings['rnn'], string>
  scale: string
  scaleAbout: string
  keep: string
  steps: string
  clipNorm: string
  noClipping: string
  optimizer: string
  optimizers: Record<GradientSettings['optimizer'], string>
  rate: string
  more: string
  hidden: string
  batch: string
  iterations: string
  noLimit: string
  seed: string
  step: (step: string) => string
  /** @param step of the evaluation; null before training @param list the ratio of each network */
  reach: (step: string | null, steps: string, list: string) => string
  result: string
  results: {
    /** @param learned the networks far below guessing */
    losses: (step: string, list: string, guessing: string, learned: string) => string
    /** @param ratio of the gradient at t = 1 to that at t = T, before training */
    exploded: (name: string, ratio: string, steps: string, norm: string, step: string) => string
    clipped: (loss: string, step: string, guessing: string, share: string) => string
  }
  back: string
  backAbout: string
  before: string
  cell: string
  atStep: string
  newest: (step: string) => string
  comma: string
  atStart: string
  backAxis: string
  chartBack: (step: string, list: string) => string
  figures: string
  /** @param seen the training step of the evaluation, where it is another one */
  figuresCaption: (step: string, seen: string | null) => string
  columns: { name: string; loss: string; norm: string; clipped: string; recent: string; reach: string }
  out: (what: Out['what'], step: string) => string
  training: string
  show: string
  traces: Record<Trace, string>
  trainingStep: string
  clipLine: string
  guessing: string
  chartTrace: (what: string, step: string, list: string) => string
  empty: string
  unclipped: string
  clippedAt: (norm: string) => string
  brink: (name: string, norm: string, loss: string) => string
  takeIt: string
}

export const words = strings<GradientWords>(
  {
    title: 'Gradients through time',
    lead: 'The question comes at the last time step, but the answer lies far back. See how much of the gradient of the loss reaches each earlier step while an RNN, a GRU and an LSTM learn.',
    learn:
      'A network learns only from the time steps that the gradient reaches. In a plain RNN every step back multiplies the gradient by the recurrent weights and by the slope of the activation (of tanh at most 1, of ReLU 0 or 1): if both together shrink it, it vanishes; if large weights outweigh the slope, it explodes. Gates that keep the state let it through.',
    lesson: 'Lessons',
    lessons: { vanish: 'Vanishing', explode: 'Exploding', clip: 'Clipping', gates: 'Gates half open' },
    lessonAbout: {
      vanish:
        'A plain RNN with small recurrent weights: the gradient that reaches t = 1 is practically nothing, so its loss stays at the level of guessing. The GRU and the LSTM learn.',
      explode:
        'A ReLU RNN with recurrent weights above 1 and no clipping: its gradient grows with every time step back. The run stands still after the first update. Look at the size of the gradient, then take one more training step: the loss becomes NaN (not a number).',
      clip: 'One network twice: the same weights, the same batches. One is clipped to norm 1: the direction of its gradient stays, the length is limited, and its loss falls far below the level of guessing, to almost 0. The other is not clipped: its first update throws the weights out of range, and its loss becomes NaN (not a number).',
      gates: 'The gates start half open, so GRU and LSTM forget half at every step too. See whether they learn to keep.',
    },
    ownSettings: 'Your own settings.',
    task: 'Task',
    tasks: { adding: 'Adding', copying: 'Copying', text: 'Your text' },
    taskAbout: {
      adding: 'Add the two marked numbers of a long sequence. One of them is in the first half.',
      copying: 'At the last step, repeat which of eight symbols came first.',
      text: 'Predict the character that follows T characters of the text chosen on Train. Most of what helps is close by.',
    },
    rnn: 'Plain RNN',
    rnns: { rnn: 'tanh', 'rnn-relu': 'ReLU' },
    scale: 'Initial recurrent weights',
    scaleAbout: 'times an orthogonal matrix, which neither shrinks nor stretches. The same for all three networks.',
    keep: 'Start with gates biased to keep',
    steps: 'Time steps T',
    clipNorm: 'Clip norm',
    noClipping: 'off',
    optimizer: 'Optimizer',
    optimizers: { adam: 'Adam', sgd: 'SGD' },
    rate: 'Learning rate',
    more: 'More settings',
    hidden: 'Hidden units',
    batch: 'Batch',
    iterations: 'Training steps',
    noLimit: 'no limit',
    seed: 'Seed',
    step: (step) => ` · step ${step}`,
    reach: (step, steps, list) =>
      `${step === null ? 'Before training' : `At training step ${step}`}, the gradient at t = 1 relative to that at t = ${steps}: ${list}.`,
    result: 'Result',
    results: {
      losses: (step, list, guessing, learned) =>
        `The loss after ${step} training steps: ${list}; guessing costs ${guessing}. ${learned ? `Far below guessing: ${learned}.` : 'None is far below guessing yet.'}`,
      exploded: (name, ratio, steps, norm, step) =>
        `Before training, the gradient of the ${name} was ${ratio} times as large at t = 1 as at t = ${steps}. With an update by a gradient of norm ${norm}, training step ${step} was its last.`,
      clipped: (loss, step, guessing, share) =>
        `From the same weights and batches the clipped network has come to a loss of ${loss} (guessing costs ${guessing}), with ${share} of its steps clipped. The other was out at training step ${step}.`,
    },
    back: 'How far back the gradient reaches',
    backAbout:
      '‖dL/dh‖ at each time step, on a log scale, always for the same batch: on the left at t = T, where the loss is, on the right at t = 1. The legend has the norms themselves, at t = 1 or where you point; the table has the one at t = 1 relative to the one at t = T. The faint line is before training. The dotted line is ‖dL/dc‖ of the LSTM’s memory cell. Values below 10⁻¹² are not drawn.',
    before: 'before training',
    cell: 'cell c',
    atStep: 'At training step',
    newest: (step) => `${step} (newest)`,
    comma: ', ',
    atStart: 'before training',
    backAxis: 'Time steps before the loss',
    chartBack: (step, list) => `Chart of the gradient’s norm over the time steps before the loss, at training step ${step}. At t = T and at t = 1: ${list}`,
    figures: 'In numbers',
    figuresCaption: (step, seen) => `after ${step} training steps${seen === null ? '' : `; the first column after ${seen}`}`,
    columns: { name: 'Network', loss: 'Loss', norm: 'Gradient norm', clipped: 'Clipped so far', recent: 'Clipped recently', reach: 't = 1 relative to t = T' },
    out: (what, step) =>
      what === 'loss'
        ? `At training step ${step} its loss became NaN (not a number): the update with an exploded gradient threw its weights out of range.`
        : `At training step ${step} its gradient overflowed. The network cannot learn from it, clipped or not.`,
    training: 'Step by step',
    show: 'Show',
    traces: { norm: 'Gradient norm', loss: 'Loss' },
    trainingStep: 'Training step',
    clipLine: 'clip norm',
    guessing: 'guessing',
    chartTrace: (what, step, list) => `Chart of the ${what.toLowerCase()} over the training steps. At step ${step}: ${list}`,
    empty: 'Press Start. The gradients before training appear first.',
    unclipped: 'not clipped',
    clippedAt: (norm) => `clipped at ${norm}`,
    brink: (name, norm, loss) =>
      `${name}: the gradient’s norm was ${norm}, and the update has used all of it. Its loss was still ${loss}. The next step shows what became of the weights.`,
    takeIt: 'Take the step',
  },
  {
    title: '梯度穿越时间',
    lead: '问题在最后一个时间步提出，答案却在很久以前。看 RNN、GRU（门控循环单元）和 LSTM（长短期记忆网络）学习时，损失的梯度还有多少能传回之前的每一步。',
    learn:
      '梯度传不到的时间步，网络就学不到。在普通 RNN 里，梯度每往回一步，都要乘上循环权重，再乘上激活函数的导数（tanh 的导数最多为 1，ReLU 的导数是 0 或 1）：两者合起来使它变小，就会消失；权重大到压过导数，就会爆炸。保留状态的门则让梯度通过。',
    lesson: '示例',
    lessons: { vanish: '梯度消失', explode: '梯度爆炸', clip: '梯度裁剪', gates: '门半开' },
    lessonAbout: {
      vanish: '循环权重偏小的普通 RNN：传到 t = 1 的梯度几乎为零，所以损失停在随机猜测的水平。GRU 和 LSTM 能学会。',
      explode:
        '循环权重大于 1 的 ReLU RNN，不裁剪：梯度每往回一个时间步就变大。第一次更新之后，训练会停住。先看看梯度有多大，再走一个训练步：损失变成 NaN（非数）。',
      clip: '同一个网络训练两次，权重和批次都相同。一个的梯度裁剪到范数 1：方向不变，长度受限，损失降到远低于随机猜测的水平，接近 0；另一个不裁剪，第一次更新就把权重抛出范围，损失变成 NaN（非数）。',
      gates: '门一开始半开，GRU 和 LSTM 也是每一步忘掉一半。看它们能不能学会保留。',
    },
    ownSettings: '自定义设置。',
    task: '任务',
    tasks: { adding: '加法', copying: '复制', text: '你的文本' },
    taskAbout: {
      adding: '一个长序列里标出了两个数，求它们的和。其中一个在前半段。',
      copying: '在最后一步，说出第一步出现的是八个符号中的哪一个。',
      text: '读 T 个字符后，预测“训练”页所选文本的下一个字符。有用的信息大多就在近处。',
    },
    rnn: '普通 RNN',
    rnns: { rnn: 'tanh', 'rnn-relu': 'ReLU' },
    scale: '初始循环权重',
    scaleAbout: '乘以一个正交矩阵（既不缩短也不拉长）。三个网络相同。',
    keep: '初始时让门偏向保留',
    steps: '时间步数 T',
    clipNorm: '梯度裁剪阈值',
    noClipping: '不裁剪',
    optimizer: '优化器',
    optimizers: { adam: 'Adam', sgd: 'SGD' },
    rate: '学习率',
    more: '更多设置',
    hidden: '隐藏单元数',
    batch: '批量大小',
    iterations: '训练步数',
    noLimit: '不限',
    seed: '随机种子',
    step: (step) => ` · 第 ${step} 步`,
    reach: (step, steps, list) => `${step === null ? '训练之前' : `第 ${step} 个训练步`}，t = 1 处的梯度与 t = ${steps} 处之比：${list}。`,
    result: '结果',
    results: {
      losses: (step, list, guessing, learned) =>
        `${step} 个训练步之后的损失：${list}；随机猜测是 ${guessing}。${learned ? `远低于随机猜测的有：${learned}。` : '还没有一个远低于随机猜测。'}`,
      exploded: (name, ratio, steps, norm, step) =>
        `训练之前，${name} 在 t = 1 处的梯度是 t = ${steps} 处的 ${ratio} 倍。用范数为 ${norm} 的梯度更新一次之后，第 ${step} 个训练步就是它的最后一步。`,
      clipped: (loss, step, guessing, share) =>
        `权重和批次都相同，裁剪的网络损失降到了 ${loss}（随机猜测是 ${guessing}），其中 ${share} 的训练步被裁剪；不裁剪的网络在第 ${step} 个训练步出局。`,
    },
    back: '梯度能传回多远',
    backAbout:
      '每个时间步的 ‖dL/dh‖，对数刻度，始终是同一批数据：左端是损失所在的 t = T，右端是 t = 1。图例是范数本身（t = 1 处，或指针所在处），表中是 t = 1 处与 t = T 处之比。浅色线是训练之前。点线是 LSTM 记忆元的 ‖dL/dc‖。小于 10⁻¹² 的值不画。',
    before: '训练之前',
    cell: '记忆元 c',
    atStep: '训练步',
    newest: (step) => `${step}（最新）`,
    comma: '，',
    atStart: '训练之前',
    backAxis: '距损失的时间步数',
    chartBack: (step, list) => `损失之前各时间步的梯度范数，第 ${step} 个训练步。t = T 与 t = 1：${list}`,
    figures: '数值',
    figuresCaption: (step, seen) => `${step} 个训练步之后${seen === null ? '' : `；第一列为 ${seen} 步之后`}`,
    columns: { name: '网络', loss: '损失', norm: '梯度范数', clipped: '累计裁剪', recent: '近期裁剪', reach: 't = 1 与 t = T 之比' },
    out: (what, step) =>
      what === 'loss'
        ? `第 ${step} 个训练步时损失变成了 NaN（非数）：用爆炸的梯度更新一次，权重就超出了范围。`
        : `第 ${step} 个训练步时梯度溢出，无论裁剪与否，网络都学不到东西了。`,
    training: '逐步变化',
    show: '显示',
    traces: { norm: '梯度范数', loss: '损失' },
    trainingStep: '训练步',
    clipLine: '裁剪阈值',
    guessing: '随机猜测',
    chartTrace: (what, step, list) => `${what}随训练步的变化。第 ${step} 步：${list}`,
    empty: '按“开始”，首先出现训练之前的梯度。',
    unclipped: '不裁剪',
    clippedAt: (norm) => `裁剪到 ${norm}`,
    brink: (name, norm, loss) => `${name}：梯度范数是 ${norm}，更新全部用上了它。损失还是 ${loss}。再走一步，就看到权重变成了什么样。`,
    takeIt: '走这一步',
  },
)
