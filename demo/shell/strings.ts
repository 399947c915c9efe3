import type { FailureCode } from '../worker/protocol'
import { strings } from './language'
import type { Theme } from './theme'
import type { ViewName } from './views'

interface Shell {
  title: string
  claim: string
  skip: string
  drop: string
  navigation: string
  language: string
  theme: string
  themes: Record<Theme, string>
  views: Record<ViewName, string>
  lookingForGpu: string
  software: string
  hardware: string
  noGpu: string
  privacy: string
  loading: string
  viewFailed: string
  again: string
  unavailable: { title: string; whatToDo: string; yours: string; retry: string }
  /** A plain sentence for each kind of failure, and what to do. */
  failures: Record<FailureCode, string>
  details: string
}

export const words = strings<Shell>(
  {
    title: 'Sluice: watch a recurrent network learn to write',
    claim: 'A recurrent network learns to write, one character at a time, here in your browser.',
    skip: 'Skip to the content',
    drop: 'Drop a text to learn from it, or a model',
    navigation: 'Views',
    language: 'Language',
    theme: 'Colours',
    themes: { auto: 'Auto', light: 'Light', dark: 'Dark' },
    views: { train: 'Train', race: 'Race', xray: 'X-ray', blank: 'Blanks', gradients: 'Gradients', how: 'How it works' },
    lookingForGpu: 'Looking for a GPU…',
    software: 'software adapter: the CPU does the work, slowly',
    hardware: 'GPU',
    noGpu: 'No WebGPU',
    privacy: 'Your text stays on this machine: no request leaves the page.',
    loading: 'Loading…',
    viewFailed: 'This view could not be loaded.',
    again: 'Try again',
    unavailable: { title: 'This browser cannot train yet', whatToDo: 'What to do', yours: 'this seems to be yours', retry: 'Try again' },
    failures: {
      'no-webgpu': 'This browser has no WebGPU, which does the training.',
      'no-adapter': 'WebGPU is there, but it found no graphics adapter.',
      'device-lost': 'The connection to the GPU was lost.',
      'gpu-error': 'The GPU refused a command.',
      'too-large': 'This network is too large for this GPU. Lower the hidden size, the layers, the batch or the steps.',
      'bad-shape': 'Parts of the network do not fit together.',
      'bad-value': 'A setting is not what it should be.',
      'bad-text': 'The text cannot be learned from.',
      'unknown-character': 'The network has never seen this character.',
      'bad-file': 'The file is not a model that can be read.',
      'not-finite': 'The training ran away: the loss is no number any more. Lower the learning rate or the clip norm, then reset.',
      storage: 'This browser keeps nothing for this page. Training goes on, but nothing is saved; export the model to keep it.',
      'storage-full': 'The storage of this browser is full. Delete models that you no longer need, or export this one to a file.',
      disposed: 'The network is no longer there. Start again.',
      unexpected: 'Something unexpected went wrong.',
    },
    details: 'In detail',
  },
  {
    title: 'Sluice：看循环网络学写字',
    claim: '一个循环神经网络，就在你的浏览器里，一个字一个字地学会写作。',
    skip: '跳到正文',
    drop: '松开，从这段文本学习，或导入模型',
    navigation: '页面',
    language: '语言',
    theme: '颜色',
    themes: { auto: '自动', light: '浅色', dark: '深色' },
    views: { train: '训练', race: '竞赛', xray: '透视', blank: '填空', gradients: '梯度', how: '原理' },
    lookingForGpu: '正在寻找 GPU…',
    software: '软件适配器：由 CPU 计算，较慢',
    hardware: 'GPU',
    noGpu: '没有 WebGPU',
    privacy: '你的文本只留在这台机器上：页面不向外发送任何请求。',
    loading: '载入中…',
    viewFailed: '无法载入此页面。',
    again: '重试',
    unavailable: { title: '这个浏览器还不能训练', whatToDo: '怎么办', yours: '看来是你的情况', retry: '重试' },
    failures: {
      'no-webgpu': '这个浏览器没有 WebGPU，而训练要靠它。',
      'no-adapter': '有 WebGPU，但没有找到图形适配器。',
      'device-lost': '与 GPU 的连接断开了。',
      'gpu-error': 'GPU 拒绝了一条命令。',
      'too-large': '网络对这块 GPU 来说太大。请减小隐藏单元数、层数、批量或步数。',
      'bad-shape': '网络的各部分对不上。',
      'bad-value': '有一项设置不对。',
      'bad-text': '这段文本无法用来学习。',
      'unknown-character': '网络没有见过这个字符。',
      'bad-file': '这个文件不是能读取的模型。',
      'not-finite': '训练失控：损失已不是数。请降低学习率或裁剪范数，然后重置。',
      storage: '这个浏览器不为本页保存任何东西。训练照常进行，但不会保存；要留下模型，请导出。',
      'storage-full': '这个浏览器的存储已满。请删除不再需要的模型，或把当前模型导出为文件。',
      disposed: '网络已不在。请重新开始。',
      unexpected: '出了意料之外的问题。',
    },
    details: '详细信息',
  },
)
