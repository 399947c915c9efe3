import { strings } from '../../page/language'
import type { OptimizerName, ScheduleName, Symbols } from '../../shared/train/settings'
import type { Source } from '../../shared/texts'

export type Unit = 'perplexity' | 'bits' | 'loss'

interface Train {
  text: string
  sources: Record<Source, string>
  yourText: string
  pasteHint: string
  openFile: string
  orDrop: string
  counting: string
  facts: Record<Symbols, (count: string, distinct: string) => string>
  encoding: { which: string; names: Record<string, string | undefined>; none: string }
  network: string
  cell: string
  hidden: string
  layers: string
  manyLayers: (layers: string) => string
  depth: (ofDepths: readonly { readonly hidden: string; readonly perplexity: string }[], steps: string) => string
  misread: (words: string) => string
  fitted: (batch: string, steps: string) => string
  more: string
  batch: string
  steps: string
  optimizer: string
  optimizers: Record<OptimizerName, string>
  rate: string
  schedule: string
  schedules: Record<ScheduleName, string>
  clipNorm: string
  partition: string
  partitions: { sequential: string; random: string }
  symbols: string
  symbolNames: Record<Symbols, string>
  iterations: string
  epochs: string
  seed: string
  prefix: string
  prefixHint: string
  link: string
  share: Record<'share' | 'link' | 'picture' | 'send' | 'what' | 'private', string>
  linkHint: string
  linkCopied: string
  noLimit: string
  noClipping: string
  models: {
    title: string
    none: string
    elsewhere: string
    save: string
    export: string
    import: string
    nameOf: (text: string, cell: string) => string
    load: string
    rename: string
    toFile: string
    delete: string
    newName: string
    sure: (name: string) => string
    yes: string
    no: string
  }
  preparing: string
  preparingHow: string
  summary: (cell: string, parameters: string, name: string) => string
  learning: string
  figures: { step: string; speed: string; perStep: string; left: string }
  of: (total: string) => string
  units: Record<Unit, string>
  /** What the unit says, and what held-out text is. */
  unitAbout: Record<Unit, string>
  trainingIn: (unit: string) => string
  heldOutIn: (unit: string) => string
  show: string
  log: string
  training: string
  eachStep: string
  heldOut: string
  best: string
  bestAt: (value: string, step: string) => string
  byHeart: (value: string, step: string, now: string) => string
  done: string
  chart: (unit: string, step: string, training: string, heldOut: string) => string
  writing: string
  lead: string
  opening: string
  openingAbout: (hidden: string, name: string, steps: string) => string
  writeAgain: string
  stopWriting: string
  invitation: string
  ownChat: string
  privately: string
  surprise: string
  pointHint: string
  sampledWith: (character: string, probability: string) => string
  newest: string
  timeline: string
  timelineLead: string
  textAndNetwork: string
  temperature: string
  length: string
  topK: string
  own: string
  write: string
  wrote: (step: string) => string
  before: string
  atStep: (step: string) => string
  perplexityIs: (value: string) => string
}

export const words = strings<Train>(
  {
    text: 'Text to train on',
    sources: { english: 'English', chinese: '中文', book: 'Docs and code', paste: 'Paste', file: 'File' },
    yourText: 'Your text',
    pasteHint: 'A chat, a diary, a poem: a few thousand characters or more learn well, 300 are enough to try',
    openFile: 'Open a text file…',
    orDrop: 'or drop one anywhere on the page',
    counting: 'Counting…',
    facts: {
      characters: (count, distinct) => `${count} ${count === '1' ? 'character' : 'characters'}, ${distinct} distinct`,
      graphemes: (count, distinct) => `${count} ${count === '1' ? 'grapheme' : 'graphemes'}, ${distinct} distinct`,
    },
    encoding: {
      which: 'is not UTF-8. Which of these lines reads correctly?',
      names: {
        gb18030: 'Chinese, GBK / GB18030',
        big5: 'Chinese, Big5',
        shift_jis: 'Japanese, Shift-JIS',
        'euc-jp': 'Japanese, EUC-JP',
        'iso-2022-jp': 'Japanese, ISO-2022-JP',
        'euc-kr': 'Korean, EUC-KR',
        'windows-1252': 'Western European, Windows-1252',
        'windows-1251': 'Cyrillic, Windows-1251',
        'koi8-r': 'Cyrillic, KOI8-R',
        'windows-1250': 'Central European, Windows-1250',
        'windows-1253': 'Greek, Windows-1253',
        'windows-1254': 'Turkish, Windows-1254',
        'windows-1255': 'Hebrew, Windows-1255',
        'windows-1256': 'Arabic, Windows-1256',
        'windows-874': 'Thai, Windows-874',
        'utf-16le': 'UTF-16 (LE)',
        'utf-16be': 'UTF-16 (BE)',
      },
      none: 'None of them',
    },
    network: 'Network',
    cell: 'Cell',
    hidden: 'Hidden units',
    layers: 'Layers',
    manyLayers: (layers) => `With ${layers} layers, preparing the network may take minutes. Cancel stops it.`,
    depth: ([one, two, three], steps) =>
      `Does depth help? At equal weights not on the English story: held-out perplexity ${one!.perplexity} with one layer of ${one!.hidden} units, ${two!.perplexity} with two of ${two!.hidden}, ${three!.perplexity} with three of ${three!.hidden} (${steps} steps, mean of three seeds). Deeper networks are narrower, and learn more slowly.`,
    misread: (words) => `The link contains ${words}, which is not a valid choice. The default is used instead.`,
    fitted: (batch, steps) => `The text is short, so it trains with a batch of ${batch} and ${steps} time steps.`,
    more: 'More settings',
    batch: 'Batch',
    steps: 'Time steps',
    optimizer: 'Optimizer',
    optimizers: { adam: 'Adam', rmsprop: 'RMSProp', momentum: 'Momentum', sgd: 'SGD' },
    rate: 'Learning rate',
    schedule: 'Schedule',
    schedules: { constant: 'Constant', cosine: 'Cosine', exponential: 'Exponential', stepwise: 'Stepwise', warmup: 'Warm-up' },
    clipNorm: 'Clip norm',
    partition: 'Windows',
    partitions: { sequential: 'Sequential', random: 'Random' },
    symbols: 'Symbols',
    symbolNames: { characters: 'Characters', graphemes: 'Graphemes (a family emoji counts as one)' },
    iterations: 'Training steps',
    epochs: 'Epochs',
    seed: 'Seed',
    prefix: 'Samples begin with',
    prefixHint: 'the text’s first words',
    share: {
      share: 'Share',
      link: 'Copy the link',
      picture: 'Save a picture',
      send: 'Send',
      what: 'A recurrent network wrote this in the browser',
      private: 'The link has the settings, not your text or the network.',
    },
    link: 'Copy the link',
    linkHint: 'The address of this page contains all these settings, so a link reproduces the run. It does not contain your own text.',
    linkCopied: 'Copied',
    noLimit: 'no limit',
    noClipping: 'none',
    models: {
      title: 'Models in this browser',
      none: 'None yet. The current run is saved automatically until you reset it; saved models stay.',
      elsewhere: 'Another tab of this page saves its run automatically. The run in this tab is saved only if you save it as a model.',
      save: 'Save model',
      export: 'Export',
      import: 'Import a file…',
      nameOf: (text, cell) => `${text}, ${cell}`,
      load: 'Load',
      rename: 'Rename',
      toFile: 'Export',
      delete: 'Delete',
      newName: 'New name',
      sure: (name) => `Delete “${name}”?`,
      yes: 'Yes, delete',
      no: 'No',
    },
    preparing: 'Preparing the network…',
    preparingHow:
      'The browser compiles the kernels and measures which variant is fastest here. With a GPU this takes seconds, and less the next time. Without one it may take half a minute.',
    summary: (cell, parameters, name) => `${cell}, ${parameters} weights, trained on ${name}`,
    learning: 'How it learns',
    figures: { step: 'Step', speed: 'Characters per second', perStep: 'Time per step', left: 'Time left' },
    of: (total) => `of ${total}`,
    units: { perplexity: 'Perplexity', bits: 'Bits per character', loss: 'Loss' },
    unitAbout: {
      perplexity:
        'A perplexity of 5 means: the network is as unsure as if it had to choose among 5 equally likely characters. Held-out text is the part of the text that it is not trained on.',
      bits: 'Bits per character: log₂ of the perplexity, so 3 bits are a perplexity of 8. Held-out text is the part of the text that the network is not trained on.',
      loss: 'Loss: the cross-entropy per character in nats, the natural logarithm of the perplexity. Held-out text is the part of the text that the network is not trained on.',
    },
    trainingIn: (unit) => `Training ${unit.toLowerCase()}`,
    heldOutIn: (unit) => `Held-out ${unit.toLowerCase()}`,
    show: 'Show',
    log: 'Log scale',
    training: 'Training',
    eachStep: 'Each step',
    heldOut: 'Held-out',
    best: 'Lowest held-out',
    bestAt: (value, step) => `Lowest so far on held-out text: ${value}, at step ${step}.`,
    byHeart: (value, step, now) =>
      `Lowest on held-out text: ${value}, at step ${step}. From there on it has learned by heart: on its own text it still gets better, on text that it has not seen it gets worse (${now} now). That is overfitting.`,
    done: 'Training progress',
    chart: (unit, step, training, heldOut) => `Chart of the ${unit.toLowerCase()} over the steps. At step ${step}: training ${training}, held-out ${heldOut}.`,
    writing: 'What it writes',
    lead: 'It once wrote noise, too. Press Start and train your own from nothing: it writes noise at first, then syllables, then words, then sentences.',
    opening: 'A trained network, writing now',
    openingAbout: (hidden, name, steps) => `GRU with ${hidden} units, ${steps} training steps on ${name}, computed in this page without the GPU`,
    writeAgain: 'Write another',
    stopWriting: 'Stop writing',
    invitation: ': train your own, from nothing',
    ownChat: 'Try your own chat or text',
    privately: 'Training runs on this machine alone. Your text is sent nowhere.',
    surprise: 'A darker underline means a less likely character.',
    pointHint: 'Point at a character, tap it, or move to it with the arrow keys to see what else was likely there.',
    sampledWith: (character, probability) => `${character}: sampled with probability ${probability}`,
    newest: 'Show the newest',
    timeline: 'From noise to sentences',
    timelineLead: 'Every sample has the same opening and the same random seed. Two lines differ only by what the network learned in between.',
    textAndNetwork: 'Text and network',
    temperature: 'Temperature',
    length: 'Length',
    topK: 'Top-k (0 = off)',
    own: 'Your own opening',
    write: 'Continue',
    wrote: (step) => `Your sample at step ${step}`,
    before: 'Before training',
    atStep: (step) => `Step ${step}`,
    perplexityIs: (value) => `held-out perplexity ${value}`,
  },
  {
    text: '训练文本',
    sources: { english: 'English', chinese: '中文', book: '文档与代码', paste: '粘贴', file: '文件' },
    yourText: '你的文本',
    pasteHint: '聊天记录、日记、一首诗：几千字以上学得好，三百字也可以试试',
    openFile: '打开文本文件…',
    orDrop: '或把文件拖到页面上',
    counting: '正在统计……',
    facts: {
      characters: (count, distinct) => `${count} 个字符，其中 ${distinct} 个互不相同`,
      graphemes: (count, distinct) => `${count} 个字素，其中 ${distinct} 个互不相同`,
    },
    encoding: {
      which: '不是 UTF-8 编码。下面哪一行读得通？',
      names: {
        gb18030: '中文，GBK / GB18030',
        big5: '中文，Big5',
        shift_jis: '日文，Shift-JIS',
        'euc-jp': '日文，EUC-JP',
        'iso-2022-jp': '日文，ISO-2022-JP',
        'euc-kr': '韩文，EUC-KR',
        'windows-1252': '西欧，Windows-1252',
        'windows-1251': '西里尔文，Windows-1251',
        'koi8-r': '西里尔文，KOI8-R',
        'windows-1250': '中欧，Windows-1250',
        'windows-1253': '希腊文，Windows-1253',
        'windows-1254': '土耳其文，Windows-1254',
        'windows-1255': '希伯来文，Windows-1255',
        'windows-1256': '阿拉伯文，Windows-1256',
        'windows-874': '泰文，Windows-874',
        'utf-16le': 'UTF-16（LE）',
        'utf-16be': 'UTF-16（BE）',
      },
      none: '都不对',
    },
    network: '网络',
    cell: '单元',
    hidden: '隐藏单元数',
    layers: '层数',
    manyLayers: (layers) => `网络有 ${layers} 层，准备可能要几分钟。按“取消”可以中止。`,
    depth: ([one, two, three], steps) =>
      `深一些有用吗？在英文故事上，权重数相同时没有用：一层 ${one!.hidden} 个单元，验证困惑度 ${one!.perplexity}；两层各 ${two!.hidden} 个，${two!.perplexity}；三层各 ${three!.hidden} 个，${three!.perplexity}（${steps} 步，三个随机种子的平均）。网络越深就越窄，学得也越慢。`,
    misread: (words) => `链接里的 ${words} 不是有效的选项，已改用默认值。`,
    fitted: (batch, steps) => `文本较短，因此用批量大小 ${batch}、时间步数 ${steps} 训练。`,
    more: '更多设置',
    batch: '批量大小',
    steps: '时间步数',
    optimizer: '优化器',
    optimizers: { adam: 'Adam', rmsprop: 'RMSProp', momentum: '动量', sgd: 'SGD' },
    rate: '学习率',
    schedule: '学习率调度',
    schedules: { constant: '恒定', cosine: '余弦', exponential: '指数衰减', stepwise: '阶梯', warmup: '预热' },
    clipNorm: '梯度裁剪阈值',
    partition: '窗口',
    partitions: { sequential: '顺序分区', random: '随机采样' },
    symbols: '符号',
    symbolNames: { characters: '字符', graphemes: '字素（一家人的表情符号算一个）' },
    iterations: '训练步数',
    epochs: '迭代周期数',
    seed: '随机种子',
    prefix: '样本的开头',
    prefixHint: '文本的头几个字',
    share: {
      share: '分享',
      link: '复制链接',
      picture: '保存图片',
      send: '发送',
      what: '这是浏览器里一个循环神经网络写的',
      private: '链接里有设置，没有你的文本，也没有网络。',
    },
    link: '复制链接',
    linkHint: '本页的网址包含以上全部设置，所以用链接就能重现这次训练。网址不包含你自己的文本。',
    linkCopied: '已复制',
    noLimit: '不限',
    noClipping: '不裁剪',
    models: {
      title: '浏览器里的模型',
      none: '还没有。当前的训练会自动保存，直到重置为止；保存的模型会一直保留。',
      elsewhere: '本页的另一个标签页会自动保存它的训练。这个标签页的训练只有保存为模型才会保留。',
      save: '保存模型',
      export: '导出',
      import: '导入文件…',
      nameOf: (text, cell) => `${text}，${cell}`,
      load: '载入',
      rename: '重命名',
      toFile: '导出',
      delete: '删除',
      newName: '新名字',
      sure: (name) => `删除“${name}”？`,
      yes: '删除',
      no: '不删',
    },
    preparing: '正在准备网络…',
    preparingHow: '浏览器正在编译内核，并测出哪种方案在这里最快。有 GPU 时只需几秒，下一次更快；没有 GPU 时可能要半分钟。',
    summary: (cell, parameters, name) => `${cell}，${parameters} 个权重，训练文本：${name}`,
    learning: '学得如何',
    figures: { step: '训练步', speed: '每秒字符数', perStep: '每步用时', left: '剩余时间' },
    of: (total) => `共 ${total}`,
    units: { perplexity: '困惑度', bits: '每字符比特数', loss: '损失' },
    unitAbout: {
      perplexity: '困惑度为 5，意思是网络就像要在 5 个同样可能的字符中选一个那样没有把握。验证集是文本中不参与训练的部分。',
      bits: '每字符比特数是困惑度的 log₂，3 比特就是困惑度 8。验证集是文本中不参与训练的部分。',
      loss: '损失是每个字符的交叉熵，即困惑度的自然对数。验证集是文本中不参与训练的部分。',
    },
    trainingIn: (unit) => `训练${unit}`,
    heldOutIn: (unit) => `验证${unit}`,
    show: '显示',
    log: '对数刻度',
    training: '训练',
    eachStep: '每一步',
    heldOut: '验证',
    best: '验证最低点',
    bestAt: (value, step) => `到目前为止，验证集上的最低值是 ${value}，在第 ${step} 步。`,
    byHeart: (value, step, now) =>
      `验证集上的最低值是 ${value}，在第 ${step} 步。从那里起，网络开始死记硬背：在训练文本上还在变好，在没见过的文本上却在变差（现在是 ${now}）。这就是过拟合。`,
    done: '训练进度',
    chart: (unit, step, training, heldOut) => `${unit}随步数变化的图。第 ${step} 步：训练 ${training}，验证 ${heldOut}。`,
    writing: '写得如何',
    lead: '它一开始写的也是乱码。按“开始”，从零训练你自己的网络：先是乱码，然后是词，最后是句子。',
    opening: '一个训练好的网络正在写',
    openingAbout: (hidden, name, steps) => `GRU，${hidden} 个单元，用《${name}》训练了 ${steps} 步；就在本页计算，不用 GPU`,
    writeAgain: '再写一段',
    stopWriting: '停止',
    invitation: '：从零训练你自己的网络',
    ownChat: '用你自己的聊天记录或文章试试',
    privately: '训练只在这台机器上进行，你的文本不会发往任何地方。',
    surprise: '下划线越深，这个字符的概率越小。',
    pointHint: '指向或点按一个字符，或用方向键移过去，看看那里还可能是什么。',
    sampledWith: (character, probability) => `${character}：采样概率 ${probability}`,
    newest: '显示最新的',
    timeline: '从乱码到句子',
    timelineLead: '每个样本的开头和随机种子都相同，所以两行之间的差别只来自这期间学到的东西。',
    textAndNetwork: '文本与网络',
    temperature: '温度',
    length: '长度',
    topK: 'Top-k（0 = 关闭）',
    own: '自己写开头',
    write: '续写',
    wrote: (step) => `你的样本，第 ${step} 步`,
    before: '训练之前',
    atStep: (step) => `第 ${step} 步`,
    perplexityIs: (value) => `验证困惑度 ${value}`,
  },
)
