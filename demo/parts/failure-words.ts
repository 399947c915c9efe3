// A plain sentence for each kind of failure, and what to do.
import { strings } from '../page/language'
import type { FailureCode } from '../shared/protocol'

export const failureWords = strings<Record<FailureCode, string>>(
  {
    'no-webgpu': 'This browser has no WebGPU, which does the training.',
    'no-adapter': 'WebGPU is there, but it found no graphics adapter.',
    'device-lost': 'The connection to the GPU was lost.',
    'gpu-error': 'The GPU refused a command.',
    'wrong-results': 'This GPU computes wrong numbers, so nothing is trained on it.',
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
  {
    'no-webgpu': '这个浏览器没有 WebGPU，而训练要靠它。',
    'no-adapter': '有 WebGPU，但没有找到图形适配器。',
    'device-lost': '与 GPU 的连接断开了。',
    'gpu-error': 'GPU 拒绝了一条命令。',
    'wrong-results': '这块 GPU 算出的数有错，因此不在它上面训练。',
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
)
