import { strings } from '../page/language'
import type { Theme } from '../page/theme'

interface Shell {
  title: string
  claim: string
  skip: string
  drop: string
  navigation: string
  language: string
  theme: string
  themes: Record<Theme, string>
  lookingForGpu: string
  software: string
  hardware: string
  noGpu: string
  privacy: string
  projector: string
  loading: string
  viewFailed: string
  again: string
  unavailable: { title: string; whatToDo: string; yours: string; retry: string }
  details: string
}

export const words = strings<Shell>(
  {
    title: 'Sluice: watch a recurrent network learn to write',
    claim: 'A recurrent network learns to write, one character at a time, in your browser.',
    skip: 'Skip to the content',
    drop: 'Drop a text to train on, or a model to import',
    navigation: 'Views',
    language: 'Language',
    theme: 'Colours',
    themes: { auto: 'Auto', light: 'Light', dark: 'Dark' },
    lookingForGpu: 'Looking for a GPU…',
    software: 'software adapter: runs on the CPU, slowly',
    hardware: 'GPU',
    noGpu: 'No WebGPU',
    privacy: 'Your text stays on this machine. The page sends it nowhere.',
    projector: 'Large letters, for a projector',
    loading: 'Loading…',
    viewFailed: 'This view could not be loaded.',
    again: 'Try again',
    unavailable: { title: 'This browser cannot train yet', whatToDo: 'What to do', yours: 'probably yours', retry: 'Try again' },
    details: 'Details',
  },
  {
    title: 'Sluice：看循环网络学写字',
    claim: '一个循环神经网络，在你的浏览器里逐字学会写作。',
    skip: '跳到正文',
    drop: '松开鼠标，用这段文本训练，或导入模型',
    navigation: '页面',
    language: '语言',
    theme: '颜色',
    themes: { auto: '自动', light: '浅色', dark: '深色' },
    lookingForGpu: '正在寻找 GPU…',
    software: '软件适配器：在 CPU 上运行，较慢',
    hardware: 'GPU',
    noGpu: '没有 WebGPU',
    privacy: '你的文本只留在这台机器上，页面不会把它发往任何地方。',
    projector: '大字，用于投影',
    loading: '载入中…',
    viewFailed: '无法载入此页面。',
    again: '重试',
    unavailable: { title: '这个浏览器还不能训练', whatToDo: '怎么办', yours: '可能是你的情况', retry: '重试' },
    details: '详细信息',
  },
)
