import type { MeasuredRow, WorkKind } from 'sluice'
import { strings } from '../../page/language'

interface Words {
  title: string
  lead: string
  time: string
  start: string
  again: string
  stop: string
  beside: string
  besideHint: string
  progress: (doing: string) => string
  probe: string
  kinds: Record<WorkKind, string>
  doing: Record<string, string>
  linked: string
  broken: string
  summary: (rows: number, seconds: number) => string
  short: string
  late: (rows: number) => string
  wrong: (names: readonly string[]) => string
  shape: string
  rate: string
  status: Record<MeasuredRow['status'], string>
  best: string
  probeRows: { product: string; multiply: string; loads: string; dispatch: string; submit: string }
  picture: string
  charactersPerSecond: string
  actions: string
  copyReport: string
  copyLink: string
  copyJson: string
  copied: string
  saveJson: string
  savePicture: string
  send: string
}

export const words = strings<Words>(
  {
    title: 'Measure this GPU',
    lead: 'How fast does this GPU train, run and write? Each strategy takes its turn on the shapes of the benchmark.',
    time: 'It takes about a minute on a graphics card, and about five where the CPU does the work. A training of this page pauses meanwhile. Nothing is sent anywhere.',
    start: 'Measure',
    again: 'Measure again',
    stop: 'Stop',
    beside: 'Beside TensorFlow.js and jax-js',
    besideHint: 'Loads their code, and takes about three times as long.',
    progress: (doing) => `Measuring: ${doing}`,
    probe: 'what the adapter can do',
    kinds: { train: 'Training step, ms', forward: 'Forward, ms', generate: 'Sampling, characters a second' },
    doing: { train: 'training', forward: 'forward', generate: 'sampling' },
    linked: 'This measurement came with a link.',
    broken: 'The link has a measurement that cannot be read. Perhaps it was cut off.',
    summary: (rows, seconds) => `Rows measured: ${rows}, in ${seconds} s.`,
    short: 'A software adapter gets the smaller shapes alone.',
    late: (rows) => `Rows that had no time (…): ${rows}.`,
    wrong: (names) => `Wrong or failed: ${names.join(', ')}. Please verify this GPU and report it.`,
    shape: 'shape',
    rate: 'GFLOP/s',
    status: { measured: '', wrong: 'wrong', failed: 'failed', 'not offered': '–', 'no time': '…' },
    best: 'What the adapter can do at best',
    probeRows: {
      product: 'matrix product',
      multiply: 'multiply-adds in registers',
      loads: 'loads; from a cache; copies',
      dispatch: 'a dispatch: dependent; independent',
      submit: 'a submit; until readback',
    },
    picture: 'The same as a picture: every dot is a strategy, the figure is that of the fastest',
    charactersPerSecond: 'characters a second',
    actions: 'Keep or share',
    copyReport: 'Copy report',
    copyLink: 'Copy link',
    copyJson: 'Copy JSON',
    copied: 'Copied',
    saveJson: 'Download JSON',
    savePicture: 'Download picture',
    send: 'The report reads well in an issue of the kind GPU results. The link holds the whole result.',
  },
  {
    title: '测量这块 GPU',
    lead: '这块 GPU 训练、运行和写作有多快？各种策略轮流跑一遍基准测试的形状。',
    time: '显卡上约一分钟；由 CPU 计算时约五分钟。其间本页的训练会暂停。数据不会发往任何地方。',
    start: '开始测量',
    again: '再测一次',
    stop: '停止',
    beside: '同时测量 TensorFlow.js 和 jax-js',
    besideHint: '会载入它们的代码，时间约为三倍。',
    progress: (doing) => `正在测量：${doing}`,
    probe: '适配器的极限',
    kinds: { train: '训练一步，毫秒', forward: '前向，毫秒', generate: '采样，每秒字符数' },
    doing: { train: '训练', forward: '前向', generate: '采样' },
    linked: '这份测量结果来自链接。',
    broken: '链接里的测量结果无法读取，可能被截断了。',
    summary: (rows, seconds) => `${seconds} 秒内测了 ${rows} 项。`,
    short: '软件适配器只测较小的形状。',
    late: (rows) => `时间已到，${rows} 项没有测（…）。`,
    wrong: (names) => `出错或失败：${names.join('、')}。请检验这块 GPU 并报告。`,
    shape: '形状',
    rate: 'GFLOP/s',
    status: { measured: '', wrong: '有错', failed: '失败', 'not offered': '–', 'no time': '…' },
    best: '适配器的极限',
    probeRows: {
      product: '矩阵乘积',
      multiply: '寄存器内乘加',
      loads: '读取；缓存内读取；复制',
      dispatch: '一次调度：相依；独立',
      submit: '一次提交；到读回',
    },
    picture: '图示：每个点是一种策略，数字是最快的一种',
    charactersPerSecond: '每秒字符数',
    actions: '保存或分享',
    copyReport: '复制报告',
    copyLink: '复制链接',
    copyJson: '复制 JSON',
    copied: '已复制',
    saveJson: '下载 JSON',
    savePicture: '下载图片',
    send: '报告适合贴进“GPU results”类 issue。链接里含有全部结果。',
  },
)
