import { strings } from '../../page/language'
import type { CellName } from 'sluice'
import type { Product } from '../../shared/cell-step'
import type { Place } from '../../shared/xray'

/** Cells whose gates are described in the same words. */
export type GatedKind = 'gru' | 'mgu' | 'lstm'
/** null for a cell without gates. A new cell does not compile until it is placed here. */
export const kindOf: Readonly<Record<CellName, GatedKind | null>> = {
  rnn: null,
  'rnn-relu': null,
  gru: 'gru',
  'gru-reset-after': 'gru',
  mgu: 'mgu',
  lstm: 'lstm',
}

interface XRay {
  title: string
  lead: string
  none: string
  interesting: (unit: string, quantity: string, place: string, measure: 'change' | 'value', up: boolean) => string
  comesWith: (what: string) => string
  noneHow: string
  train: string
  starting: string
  cancel: string
  passage: string
  another: string
  inspectAgain: string
  live: string
  pause: string
  resume: string
  inspecting: string
  inspected: (cell: string, layers: string, hidden: string, step: string) => string
  tooLong: (longest: string) => string
  layer: string
  layerIs: (number: string) => string
  quantity: string
  /** By the name of a state or gate, or by cell and name where the letter means something else in that cell. */
  quantities: Record<string, readonly [name: string, about: string]>
  unit: string
  heat: (quantity: string, layer: string, characters: string, units: string) => string
  extremes: (unit: string, most: string, mostAt: string, least: string, leastAt: string) => string
  columns: string
  here: (character: string, position: string) => string
  value: (quantity: string, unit: string, value: string) => string
  next: string
  numbers: string
  columnsOf: { character: string; mean: string; unit: string }
  one: (unit: string) => string
  oneHow: string
  oneText: string
  responses: string
  place: string
  places: Record<Place, string>
  change: (quantity: string, place: string, characters: string) => string
  valueMeasure: (quantity: string, characters: string) => string
  tooFew: string
  sorted: string
  gates: string
  gatesLead: Record<GatedKind, string>
  gatesChart: (means: string) => string
  gatesNumbers: string
  memory: string
  long: Record<GatedKind, string>
  longAbout: Record<GatedKind, (median: string, minimum: string) => string>
  short: string
  shortAbout: (median: string, maximum: string) => string
  noGates: string
  why: string
  whyAbout: string
  whyAsked: string
  expects: (character: string, probability: string) => string
  without: (character: string, back: string, probability: string) => string
  against: (character: string, back: string, probability: string) => string
  step: string
  stepAbout: string
  stepKeys: string
  equations: string
  stepBack: string
  stepOn: string
  reads: (character: string, position: string) => string
  roles: Record<Product['role'] | 'sum' | 'replaced', string>
  back: {
    title: string
    about: string
    computing: string
    none: string
    path: string
    norm: string
    share: string
    after: string
    before: string
    kept: string
    keptMemory: string
    product: string
    through: (gate: string) => string
    /** @param kept the share of what is kept; null for a cell that keeps nothing */
    says: (ratio: string, kept: string | null) => string
    saysMemory: (memory: string, state: string) => string
  }
  kernels: string
  kernelsMore: string
}

const en: XRay = {
  title: 'X-ray',
  lead: 'Every character passes through the network as a vector. This view shows the vectors: one column per character, one row per unit.',
  none: 'This is the network that comes with the page.',
  noneHow: 'Train your own here, with the text and settings of the view Train, and watch its states and gates take shape.',
  interesting: (unit, quantity, place, measure, up) =>
    `Unit ${unit} is one to follow: its ${quantity} ${measure === 'change' ? (up ? 'jumps' : 'keeps still') : up ? 'is high' : 'is low'} at certain places (${place}), more clearly than that of any other unit. Its curve is above the map, its row is marked.`,
  comesWith: (what) => `The network that comes with the page, computed without the GPU: ${what}`,
  train: 'Train a network',
  starting: 'Preparing the network…',
  cancel: 'Cancel',
  passage: 'Text to run through the network',
  another: 'Another passage',
  inspectAgain: 'Inspect again',
  live: 'Update while it trains',
  pause: 'Pause',
  resume: 'Resume training',
  inspecting: 'Inspecting…',
  inspected: (cell, layers, hidden, step) => `${cell}, ${layers} × ${hidden} units, at step ${step}`,
  tooLong: (longest) => `Only the first ${longest} characters are inspected.`,
  layer: 'Layer',
  layerIs: (number) => `Layer ${number}`,
  quantity: 'State or gate',
  quantities: {
    h: ['h, state', 'what the unit outputs after each character.'],
    c: ['c, memory', 'what an LSTM unit stores for itself. It has no bound, so the scale ends at the largest value.'],
    r: ['r, reset', 'how much of the old state the candidate sees: 0 none of it, 1 all of it.'],
    z: ['z, update', 'how much of the old state is kept: 1 keeps it, 0 replaces it with the candidate.'],
    n: ['n, candidate', 'the proposed new state.'],
    i: ['i, input', 'how much of the candidate is added to the memory.'],
    f: ['f, forget', 'how much of the memory is kept: 1 keeps it, 0 forgets it.'],
    'mgu f': [
      'f, forget',
      'how much of the state is replaced: 0 keeps it, 1 replaces it with the candidate. It also decides how much of the old state the candidate sees.',
    ],
    g: ['g, candidate', 'what is proposed for the memory.'],
    o: ['o, output', 'how much of the memory is output.'],
  },
  unit: 'Unit',
  heat: (quantity, layer, characters, units) => `Heat map of ${quantity} in layer ${layer}: ${characters} characters, ${units} units.`,
  extremes: (unit, most, mostAt, least, leastAt) => `Unit ${unit} is highest, ${most}, at ${mostAt}, and lowest, ${least}, at ${leastAt}.`,
  columns: 'One column per character. The left and right arrow keys move along the text, up and down from unit to unit.',
  here: (character, position) => `After ${character} (position ${position})`,
  value: (quantity, unit, value) => `${quantity} of unit ${unit}: ${value}`,
  next: 'It expects next',
  numbers: 'The heat map in numbers',
  columnsOf: { character: 'Character', mean: 'Mean of all units', unit: 'Unit' },
  one: (unit) => `Unit ${unit} through the text`,
  oneHow: 'Each character is coloured by the value of the unit after it. Point at one to see what the network expects next.',
  oneText: 'The text, coloured by one unit',
  responses: 'Units that respond to',
  place: 'Place in the text',
  places: { lineEnd: 'line ends', space: 'spaces', sentenceEnd: 'sentence ends', quote: 'quotes', inQuotes: 'being inside quotes' },
  change: (quantity, place, characters) =>
    `How much more the unit’s ${quantity} changes at ${place} than elsewhere, in standard deviations (Cohen’s d of |change|, over ${characters} characters of the text).`,
  valueMeasure: (quantity, characters) =>
    `How much higher the unit’s ${quantity} is inside quotes than outside, in standard deviations (Cohen’s d, over ${characters} characters of the text).`,
  tooFew: 'The text has too few of these to tell.',
  sorted: 'Sort the rows of the heat map by this',
  gates: 'Gates side by side',
  gatesLead: {
    gru: 'The mean over all units after each character. Where the update gate z is low, much of the state is replaced. Where the reset gate r is low, the candidate ignores the past.',
    mgu: 'The mean over all units after each character. Where the gate f is low, the state is kept and the candidate sees little of it. Where f is high, the candidate replaces the state.',
    lstm: 'The mean over all units after each character. Where the forget gate f is low, memory is erased. Where the input gate i is high, new content is written. The output gate o decides how much of it is output.',
  },
  gatesChart: (means) => `Chart of the mean gates over the characters. Over the whole passage: ${means}.`,
  gatesNumbers: 'The gates in numbers',
  memory: 'Long and short memory',
  long: { gru: 'Update gate: how long a unit remembers', mgu: 'The gate: how long a unit remembers', lstm: 'Forget gate: how long a unit remembers' },
  longAbout: {
    gru: (median, minimum) =>
      `Characters until half of a unit’s state is replaced, by its update gate alone. Median ${median}, minimum ${minimum}. These units remember longest:`,
    mgu: (median, minimum) =>
      `Characters until half of a unit’s state is replaced, by its gate alone. Median ${median}, minimum ${minimum}. These units remember longest:`,
    lstm: (median, minimum) =>
      `Characters until half of a unit’s memory is erased, by its forget gate alone. Median ${median}, minimum ${minimum}. These units remember longest:`,
  },
  short: 'Reset gate: how much of the past the candidate sees',
  shortAbout: (median, maximum) =>
    `How much of the old state a unit’s candidate sees on average: 0 starts afresh at every character. Median ${median}, maximum ${maximum}. These units see least and follow the newest characters:`,
  noGates: 'A plain RNN has no gates: every character overwrites the whole state.',
  why: 'What made it expect this',
  whyAbout:
    'By occlusion: each of the last characters is replaced by others, one at a time, and the network reads on. The stronger the colour, the more the expectation hangs on the character.',
  whyAsked: 'The characters read, coloured by how much the expectation hangs on each',
  expects: (character, probability) => `It expects ${character} with ${probability}.`,
  without: (character, back, probability) => `Without ${character} (${back} back): ${probability}.`,
  against: (character, back, probability) => `Against it speaks ${character} (${back} back); without it: ${probability}.`,
  step: 'One step of the cell',
  stepAbout: 'The numbers of the step at the cursor, for the unit that is followed and the next ones of the list. The arrow keys step through the text.',
  stepKeys: 'Step through the text with the left and right arrow keys',
  equations: 'The equations of the step',
  stepBack: 'One character back',
  stepOn: 'One character on',
  reads: (character, position) => `It reads ${character} (position ${position}).`,
  roles: { seen: 'old, as seen', kept: 'old, kept', written: 'new, written', shown: 'shown', sum: 'together', replaced: 'replaced' },
  back: {
    title: 'Backwards: the gradient, path by path',
    about:
      'L is the loss of all characters that follow in the passage, and ∂ stands for dL/d. The gradient arrives at the state after the step and goes on to the state before it along these paths, which add up. The size is the norm over all units, the share that of the path in the whole. (∂ of a gate is taken before its σ or tanh. The loss of the character that is read adds its own part to the state before.)',
    computing: 'Running the passage backwards…',
    none: 'No character follows this one, so no gradient arrives here. Take a step to the left.',
    path: 'Path',
    norm: 'Size',
    share: 'Share',
    after: 'arrives',
    before: 'together, before the step',
    kept: 'straight, what is kept',
    keptMemory: 'straight, to the memory before',
    product: 'through the product with U',
    through: (gate) => `through ${gate}`,
    says: (ratio, kept) =>
      kept === null
        ? `This step makes the gradient ${ratio} times as large. A plain RNN has no other path than the product with U.`
        : `This step makes the gradient ${ratio} times as large. ${kept} of what reaches the state before comes straight, past all weights.`,
    saysMemory: (memory, state) =>
      `The memory takes ${memory} times its gradient back, straight through the forget gate and past all weights. The state before gets ${state} times the gradient of h, all through gates and weights.`,
  },
  kernels: 'The lines of the kernel',
  kernelsMore: 'All of them, with their equations: How it works',
}

const zh: XRay = {
  title: '透视',
  lead: '每个字符经过网络时，都变成一个向量。这里把这些向量画出来：一列是一个字符，一行是一个单元。',
  none: '这是本页自带的网络。',
  noneHow: '按“训练”页的文本和设置，在这里训练你自己的网络，看它的状态和门怎样成形。',
  interesting: (unit, quantity, place, measure, up) =>
    `请看第 ${unit} 个单元：在“${place}”处，它的 ${quantity} ${measure === 'change' ? (up ? '跳变最明显' : '变化最小') : up ? '最高' : '最低'}。图的上方是它的曲线，它的那一行有标记。`,
  comesWith: (what) => `本页自带的网络，不用 GPU 计算：${what}`,
  train: '训练网络',
  starting: '正在准备网络…',
  cancel: '取消',
  passage: '送进网络的文本',
  another: '换一段',
  inspectAgain: '重新透视',
  live: '训练时持续更新',
  pause: '暂停',
  resume: '继续训练',
  inspecting: '正在透视…',
  inspected: (cell, layers, hidden, step) => `${cell}，${layers} 层 × ${hidden} 个单元，第 ${step} 步`,
  tooLong: (longest) => `只透视前 ${longest} 个字符。`,
  layer: '层',
  layerIs: (number) => `第 ${number} 层`,
  quantity: '状态或门',
  quantities: {
    h: ['h 隐状态', '单元在每个字符之后的输出。'],
    c: ['c 记忆元', 'LSTM 单元自己保存的内容。它没有上下界，色标以最大值为端点。'],
    r: ['r 重置门', '候选隐状态能看见多少旧隐状态：0 全不看，1 全都看。'],
    z: ['z 更新门', '旧隐状态保留多少：1 全部保留，0 换成候选隐状态。'],
    n: ['n 候选隐状态', '提议的新隐状态。'],
    i: ['i 输入门', '候选记忆元有多少写入记忆元。'],
    f: ['f 遗忘门', '记忆元保留多少：1 全部保留，0 全部忘掉。'],
    'mgu f': ['f 遗忘门', '隐状态替换多少：0 全部保留，1 换成候选隐状态。候选隐状态能看见多少旧隐状态也由它决定。'],
    g: ['g 候选记忆元', '提议写入记忆元的内容。'],
    o: ['o 输出门', '记忆元有多少输出。'],
  },
  unit: '单元',
  heat: (quantity, layer, characters, units) => `第 ${layer} 层 ${quantity} 的热图：${characters} 个字符，${units} 个单元。`,
  extremes: (unit, most, mostAt, least, leastAt) => `单元 ${unit} 最高为 ${most}，在${mostAt}；最低为 ${least}，在${leastAt}。`,
  columns: '一列是一个字符。左右方向键沿文本移动，上下方向键换单元。',
  here: (character, position) => `读到${character}（第 ${position} 个）之后`,
  value: (quantity, unit, value) => `单元 ${unit} 的 ${quantity}：${value}`,
  next: '网络预测的下一个字符',
  numbers: '热图中的数值',
  columnsOf: { character: '字符', mean: '全体单元平均', unit: '单元' },
  one: (unit) => `单元 ${unit} 在全文中的值`,
  oneHow: '每个字符的颜色是该单元读完它之后的值。指向一个字符，可看网络预测的下一个字符。',
  oneText: '按一个单元着色的文本',
  responses: '有反应的单元：',
  place: '文本中的位置',
  places: { lineEnd: '换行', space: '空格', sentenceEnd: '句末', quote: '引号', inQuotes: '引号之内' },
  change: (quantity, place, characters) =>
    `单元的 ${quantity} 在${place}处的变化比别处大多少个标准差（|变化量| 的 Cohen d，在文本的 ${characters} 个字符上计算）。`,
  valueMeasure: (quantity, characters) => `单元的 ${quantity} 在引号内比引号外高多少个标准差（Cohen d，在文本的 ${characters} 个字符上计算）。`,
  tooFew: '文本里这样的位置太少，无法判断。',
  sorted: '热图各行按此排序',
  gates: '各个门并排看',
  gatesLead: {
    gru: '每个字符之后对全体单元取平均。更新门 z 低的地方，大部分隐状态被替换；重置门 r 低的地方，候选隐状态忽略过去。',
    mgu: '每个字符之后对全体单元取平均。门 f 低的地方，隐状态被保留，候选隐状态几乎看不到它；f 高的地方，隐状态被候选隐状态替换。',
    lstm: '每个字符之后对全体单元取平均。遗忘门 f 低的地方，记忆被清除；输入门 i 高的地方，写入新内容；输出门 o 决定输出多少。',
  },
  gatesChart: (means) => `各门平均值随字符变化的图。整段平均：${means}。`,
  gatesNumbers: '各个门的数值',
  memory: '长记忆与短记忆',
  long: { gru: '更新门：单元能记多久', mgu: '门：单元能记多久', lstm: '遗忘门：单元能记多久' },
  longAbout: {
    gru: (median, minimum) => `只看更新门，经过多少个字符，单元的隐状态被替换一半。中位数 ${median}，最小值 ${minimum}。记得最久的单元：`,
    mgu: (median, minimum) => `只看这个门，经过多少个字符，单元的隐状态被替换一半。中位数 ${median}，最小值 ${minimum}。记得最久的单元：`,
    lstm: (median, minimum) => `只看遗忘门，经过多少个字符，单元的记忆被清除一半。中位数 ${median}，最小值 ${minimum}。记得最久的单元：`,
  },
  short: '重置门：候选隐状态能看见多少过去',
  shortAbout: (median, maximum) => `候选隐状态平均能看见多少旧隐状态：0 表示每个字符都重新开始。中位数 ${median}，最大值 ${maximum}。看得最少的单元：`,
  noGates: '普通 RNN 没有门：每个字符都改写整个隐状态。',
  why: '它为什么这样预测',
  whyAbout: '用遮挡法：把最近的字符逐个换成别的字符，再让网络读下去。颜色越深，预测越依赖这个字符。',
  whyAsked: '读过的字符，颜色表示预测对它的依赖',
  expects: (character, probability) => `它预测下一个是 ${character}，概率 ${probability}。`,
  without: (character, back, probability) => `换掉 ${character}（往前第 ${back} 个）：${probability}。`,
  against: (character, back, probability) => `${character}（往前第 ${back} 个）起相反的作用；换掉它：${probability}。`,
  step: '单元的一步',
  stepAbout: '光标处这一步的数值：正在看的单元，以及列表中接下来的几个。用方向键沿文本一步步走。',
  stepKeys: '用左右方向键沿文本一步步走',
  equations: '这一步的公式',
  stepBack: '后退一个字符',
  stepOn: '前进一个字符',
  reads: (character, position) => `读入 ${character}（第 ${position} 个）。`,
  roles: { seen: '看见的旧值', kept: '保留的旧值', written: '写入的新值', shown: '输出', sum: '合起来', replaced: '改写' },
  back: {
    title: '反向：梯度沿每条路径',
    about:
      'L 是这段文本中其后所有字符的损失，∂ 表示 dL/d。梯度到达这一步之后的状态，再沿下面几条路径传到之前的状态，各路径相加即为总和。大小是全体单元上的范数，占比是该路径在总和中所占的份额。（门的 ∂ 取在 σ 或 tanh 之前。读入的这个字符自身的损失，对之前状态的贡献另计。）',
    computing: '正在对这段文本做反向传播…',
    none: '后面没有字符，这里没有梯度。请往左走一步。',
    path: '路径',
    norm: '大小',
    share: '占比',
    after: '到达',
    before: '合起来，传到之前',
    kept: '直接，经保留的部分',
    keptMemory: '直接，传到之前的记忆元',
    product: '经与 U 的乘积',
    through: (gate) => `经 ${gate}`,
    says: (ratio, kept) =>
      kept === null
        ? `这一步使梯度变为原来的 ${ratio} 倍。普通 RNN 只有与 U 相乘这一条路径。`
        : `这一步使梯度变为原来的 ${ratio} 倍。传到之前状态的梯度中，${kept} 不经过任何权重，直接到达。`,
    saysMemory: (memory, state) =>
      `记忆元的梯度经遗忘门直接传回，不经过任何权重，变为原来的 ${memory} 倍。之前的隐状态得到 h 梯度的 ${state} 倍，全部经过门与权重。`,
  },
  kernels: '内核中的这几行',
  kernelsMore: '全部代码与公式：见“原理”',
}

export const words = strings<XRay>(en, zh)

/** What a state or a gate of a cell is called, and what it is. */
export const quantityOf = (cell: CellName, name: string): readonly [name: string, about: string] =>
  words.value.quantities[`${cell} ${name}`] ?? words.value.quantities[name]!
