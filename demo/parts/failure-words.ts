// A plain sentence for each kind of failure.
import { strings } from '../page/language'
import type { FailureCode } from '../shared/protocol'

export const failureWords = strings<Record<FailureCode, string>>(
  {
    'no-webgpu': 'This browser has no WebGPU, which training needs.',
    'no-adapter': 'This browser has WebGPU, but it found no graphics adapter.',
    'device-lost': 'The connection to the GPU was lost.',
    'gpu-error': 'The GPU rejected a command.',
    'wrong-results': 'This GPU computes wrong results, so nothing is trained on it.',
    'too-large': 'This network is too large for this GPU. Lower the hidden size, the layers, the batch or the steps.',
    'bad-shape': 'Shapes in the network do not match.',
    'bad-value': 'A setting has an invalid value.',
    'bad-text': 'The network cannot be trained on this text.',
    'unknown-character': 'The network has never seen this character:',
    'bad-file': 'This file is not a model that Sluice can read.',
    'not-finite': 'Training diverged: the loss became NaN (not a number). Lower the learning rate or the clip norm, then reset.',
    storage: 'This browser does not let the page save anything. Training continues, but the run is not saved. Export the model to keep it.',
    'storage-full': 'This browser’s storage is full. Delete models that you no longer need, or export this one to a file.',
    disposed: 'The network no longer exists. Start again.',
    unexpected: 'An unexpected error occurred.',
  },
  {
    'no-webgpu': '这个浏览器没有训练所需的 WebGPU。',
    'no-adapter': '这个浏览器有 WebGPU，但没有找到图形适配器。',
    'device-lost': '与 GPU 的连接断开了。',
    'gpu-error': 'GPU 拒绝了一条命令。',
    'wrong-results': '这块 GPU 的计算结果有错，因此不在它上面训练。',
    'too-large': '网络对这块 GPU 来说太大。请减小隐藏单元数、层数、批量大小或时间步数。',
    'bad-shape': '网络中的形状不匹配。',
    'bad-value': '有一项设置的值无效。',
    'bad-text': '这段文本无法用来训练。',
    'unknown-character': '网络没有见过这个字符：',
    'bad-file': '这个文件不是 Sluice 能读取的模型。',
    'not-finite': '训练发散：损失变成了 NaN（非数）。请降低学习率或梯度裁剪阈值，然后重置。',
    storage: '这个浏览器不允许本页保存数据。训练会继续，但不会被保存；要保留模型，请导出。',
    'storage-full': '这个浏览器的存储已满。请删除不再需要的模型，或把当前模型导出为文件。',
    disposed: '网络已不存在，请重新开始。',
    unexpected: '发生了意外错误。',
  },
)
