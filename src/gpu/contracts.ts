// Generated from shaders/ by shaders/plugin.ts with wgsl_reflect. Do not edit: `npm run contracts` writes it anew.
import type { Contract } from './contract'

/** What TypeScript knows of each kernel. */
export interface Contracts {
  'cell/gru_backward_grid': { bindings: 'lengths' | 'U' | 'gates' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'cell/gru_forward_grid': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'saved' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'cell/gru_reset_after_backward_grid': { bindings: 'lengths' | 'U' | 'gates' | 'saved' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'cell/gru_reset_after_forward_grid': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'bn' | 'gates' | 'saved' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'cell/lstm_backward_grid': { bindings: 'lengths' | 'U' | 'gates' | 'c' | 'dy' | 'dh' | 'dc' | 'p'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'peepholes' | 'projected' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'cell/lstm_forward_grid': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'h' | 'c' | 'p'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'peepholes' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'cell/lstm_projected_backward': { bindings: 'lengths' | 'U' | 'gates' | 'c' | 'dy' | 'dh' | 'dc' | 'p'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'y_slices' | 'trace' | 'peepholes' | 'projected' }
  'cell/lstm_projected_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'h' | 'c' | 'p'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'y_slices' | 'reads_ids' | 'peepholes' }
  'cell/mgu_backward_grid': { bindings: 'lengths' | 'U' | 'gates' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'cell/mgu_forward_grid': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'saved' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'cell/rnn_backward_grid': { bindings: 'lengths' | 'U' | 'gates' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'relu' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'cell/rnn_forward_grid': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'relu' | 'width' | 'columns' | 'k_slices' | 'rows_each' | 'uneven_slices' | 'partial_sums' | 'y_slices' | 'fused' | 'phase' }
  'layer/activation': { bindings: 'y'; structs: {}; fields: 'n4' | 'stride' | 'first' | 'N4'; overrides: 'activation' | 'tail' }
  'layer/activation_gradient': { bindings: 'y' | 'dy'; structs: {}; fields: 'n4' | 'stride'; overrides: 'activation' | 'tail' | 'y_slices' }
  'layer/apply_mask': { bindings: 'source' | 'mask' | 'out'; structs: {}; fields: 'n4' | 'stride' | 'B' | 'width4' | 'source' | 'out' | 'mask' | 'mask_stride' | 'H4' | 'ahead'; overrides: 'adds' }
  'layer/carry_state': { bindings: 'statistics' | 'state'; structs: { statistics: 'loss' | 'norm' | 'scale' | 'verdict' }; fields: 'n4' | 'stride' | 'T'; overrides: never }
  'layer/dropout': { bindings: 'control' | 'data'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy' }; fields: 'n4' | 'stride' | 'source_offset' | 'data_offset' | 'layer' | 'p'; overrides: 'in_place' }
  'layer/final_state': { bindings: 'h' | 'out'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4'; overrides: 'y_slices' }
  'layer/initial_state': { bindings: 'initial' | 'state'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4'; overrides: 'y_slices' }
  'layer/join': { bindings: 'part' | 'joined'; structs: {}; fields: 'rows' | 'columns' | 'H' | 'part' | 'part_stride' | 'joined' | 'joined_stride'; overrides: 'y_slices' | 'backward' }
  'layer/merge': { bindings: 'h' | 'out'; structs: {}; fields: 'n4' | 'stride' | 'H4' | 'first' | 'second'; overrides: 'product' | 'factor' }
  'layer/merge_gradient': { bindings: 'h' | 'dout' | 'dh'; structs: {}; fields: 'n4' | 'stride' | 'H4' | 'first' | 'second'; overrides: 'product' | 'factor' | 'adds' }
  'layer/peephole_gradient': { bindings: 'gates' | 'c' | 'dp'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 'first' | 'end' | 'add'; overrides: never }
  'layer/projection': { bindings: 'lengths' | 'm' | 'R' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 'P4' | 's'; overrides: 'y_slices' }
  'layer/projection_gradient': { bindings: 'lengths' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 'P4' | 's'; overrides: 'y_slices' }
  'layer/sequence_mask': { bindings: 'control' | 'mask'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy' }; fields: 'n4' | 'stride' | 'first' | 'stream' | 'p'; overrides: never }
  'loss/binary_cross_entropy': { bindings: 'control' | 'targets' | 'weights' | 'outputs' | 'losses'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy' }; fields: 'rows' | 'N' | 'stride4'; overrides: 'y_slices' | 'gradient' }
  'loss/cross_entropy': { bindings: 'control' | 'targets' | 'class_weights' | 'weights' | 'logits' | 'losses'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy' }; fields: 'rows' | 'V' | 'stride4'; overrides: 'y_slices' | 'gradient' }
  'loss/huber': { bindings: 'control' | 'targets' | 'weights' | 'outputs' | 'losses'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy' }; fields: 'rows' | 'stride4' | 'delta'; overrides: 'y_slices' | 'gradient' }
  'loss/squared_error': { bindings: 'control' | 'targets' | 'weights' | 'outputs' | 'losses'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy' }; fields: 'rows' | 'stride4'; overrides: 'y_slices' | 'gradient' }
  'loss/statistics': { bindings: 'control' | 'losses' | 'partials' | 'statistics'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy'; statistics: 'loss' | 'norm' | 'scale' | 'verdict' }; fields: 'rows' | 'partials'; overrides: 'width' }
  'optimizer/adam': { bindings: 'control' | 'statistics' | 'gradients' | 'parameters' | 'mean' | 'square' | 'groups'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy'; statistics: 'loss' | 'norm' | 'scale' | 'verdict' }; fields: 'n4' | 'stride'; overrides: 'y_slices' | 'grouped' }
  'optimizer/add_gradients': { bindings: 'earlier' | 'gradients'; structs: {}; fields: 'n4' | 'stride'; overrides: 'y_slices' }
  'optimizer/gradient_norm': { bindings: 'gradients' | 'partials' | 'groups'; structs: {}; fields: 'n4' | 'stride'; overrides: 'y_slices' | 'grouped' | 'width' }
  'optimizer/momentum': { bindings: 'control' | 'statistics' | 'gradients' | 'parameters' | 'velocity' | 'groups'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy'; statistics: 'loss' | 'norm' | 'scale' | 'verdict' }; fields: 'n4' | 'stride'; overrides: 'y_slices' | 'grouped' }
  'optimizer/rmsprop': { bindings: 'control' | 'statistics' | 'gradients' | 'parameters' | 'square' | 'groups'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy'; statistics: 'loss' | 'norm' | 'scale' | 'verdict' }; fields: 'n4' | 'stride'; overrides: 'y_slices' | 'grouped' }
  'optimizer/roll_back': { bindings: 'control' | 'statistics' | 'values' | 'copy'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy'; statistics: 'loss' | 'norm' | 'scale' | 'verdict' }; fields: 'n4' | 'stride'; overrides: 'y_slices' }
  'optimizer/sgd': { bindings: 'control' | 'statistics' | 'gradients' | 'parameters' | 'groups'; structs: { control: 'weight' | 'rate' | 'clip_norm' | 'clip_value' | 'beta1' | 'beta2' | 'epsilon' | 'decay' | 'correction1' | 'correction2' | 'seed' | 'policy'; statistics: 'loss' | 'norm' | 'scale' | 'verdict' }; fields: 'n4' | 'stride'; overrides: 'y_slices' | 'grouped' }
  'product/column_sums': { bindings: 'b' | 'sums'; structs: {}; fields: 'M' | 'N4' | 'K' | 'a' | 'a_stride' | 'a_z' | 'b' | 'b_stride' | 'b_z' | 'c' | 'c_stride' | 'c_z' | 'sums' | 'sums_z'; overrides: 'width' | 'within' | 'adds' | 'row_slices' }
  'product/product_staged': { bindings: 'a' | 'b' | 'bias' | 'c'; structs: {}; fields: 'M' | 'N4' | 'K' | 'a' | 'a_stride' | 'a_z' | 'b' | 'b_stride' | 'b_z' | 'c' | 'c_stride' | 'c_z' | 'sums' | 'sums_z'; overrides: 'y_slices' | 'activation' | 'tail' | 'width' | 'k_slices' | 'columns' | 'rows_each' | 'a_transposed' | 'b_transposed' | 'adds' | 'biased' | 'slice_width' | 'a_slice' | 'b_slice' | 'a_staged' | 'b_staged' }
  'token/embedding_backward': { bindings: 'starts' | 'positions' | 'dout' | 'dtable'; structs: {}; fields: 'V' | 'first' | 'count' | 'first_column' | 'width4' | 'stride' | 'add'; overrides: 'y_slices' }
  'token/embedding_forward': { bindings: 'ids' | 'table' | 'out'; structs: {}; fields: 'first' | 'count' | 'stride'; overrides: 'y_slices' }
  'token/sample': { bindings: 'sampling' | 'logits' | 'ids'; structs: { sampling: 'temperature' | 'top_k' | 'seed' | 'position' | 'prefix' | 'steps' }; fields: 'B' | 'V' | 'stride4' | 's'; overrides: 'width' }
  'token/sample_loop': { bindings: 'sampling' | 'parameters' | 'h' | 'c' | 'logits' | 'ids'; structs: { sampling: 'temperature' | 'top_k' | 'seed' | 'position' | 'prefix' | 'steps' }; fields: 'first' | 'end' | 'terms4' | 'k_slices' | 'reset_k_slices' | 'head_k_slices' | 'slot' | 'V' | 'layer_stride' | 'W' | 'second_W' | 'U' | 'b' | 'bn' | 'p' | 'layer_parameters' | 'head_W' | 'head_b' | 'table'; overrides: 'form' | 'gates' | 'relu' | 'reset_after' | 'peepholes' | 'H4' | 'E4' | 'layers' | 'resets' | 'column_blocks' | 'row_length' | 'cells_length' | 'sums_length' | 'sums2_length' | 'width' | 'V4' }
  'token/sample_step': { bindings: 'sampling' | 'parameters' | 'h' | 'logits' | 'ids' | 'out'; structs: { sampling: 'temperature' | 'top_k' | 'seed' | 'position' | 'prefix' | 'steps' }; fields: 's' | 'T' | 'H4' | 'V' | 'W' | 'b' | 'table' | 'width4'; overrides: 'width' }
}

export const contracts: Readonly<Record<keyof Contracts, Contract>> = {
  'cell/gru_backward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, h: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' } },
    overrides: ['trace', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'cell/gru_forward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read_write' }, saved: { binding: 6, access: 'read_write' }, h: { binding: 7, access: 'read_write' } },
    overrides: ['reads_ids', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'cell/gru_reset_after_backward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, saved: { binding: 4, access: 'read_write' }, h: { binding: 5, access: 'read' }, dy: { binding: 6, access: 'read_write' }, dh: { binding: 7, access: 'read_write' } },
    overrides: ['trace', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'cell/gru_reset_after_forward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, bn: { binding: 5, access: 'read' }, gates: { binding: 6, access: 'read_write' }, saved: { binding: 7, access: 'read_write' }, h: { binding: 8, access: 'read_write' } },
    overrides: ['reads_ids', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'cell/lstm_backward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, c: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' }, dc: { binding: 7, access: 'read_write' }, p: { binding: 8, access: 'read' } },
    overrides: ['trace', 'peepholes', 'projected', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'cell/lstm_forward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read_write' }, h: { binding: 6, access: 'read_write' }, c: { binding: 7, access: 'read_write' }, p: { binding: 8, access: 'read' } },
    overrides: ['reads_ids', 'peepholes', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'cell/lstm_projected_backward': {
    workgroup: 64, size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, c: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' }, dc: { binding: 7, access: 'read_write' }, p: { binding: 8, access: 'read' } },
    overrides: ['y_slices', 'trace', 'peepholes', 'projected'],
  },
  'cell/lstm_projected_forward': {
    workgroup: 64, size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read_write' }, h: { binding: 6, access: 'read_write' }, c: { binding: 7, access: 'read_write' }, p: { binding: 8, access: 'read' } },
    overrides: ['y_slices', 'reads_ids', 'peepholes'],
  },
  'cell/mgu_backward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, h: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' } },
    overrides: ['trace', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'cell/mgu_forward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read_write' }, saved: { binding: 6, access: 'read_write' }, h: { binding: 7, access: 'read_write' } },
    overrides: ['reads_ids', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'cell/rnn_backward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, h: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' } },
    overrides: ['trace', 'relu', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'cell/rnn_forward_grid': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read' }, h: { binding: 6, access: 'read_write' } },
    overrides: ['reads_ids', 'relu', 'width', 'columns', 'k_slices', 'rows_each', 'uneven_slices', 'partial_sums', 'y_slices', 'fused', 'phase'],
  },
  'layer/activation': {
    workgroup: 64, size: 16, fields: { n4: ['u32', 0], stride: ['u32', 4], first: ['u32', 8], N4: ['u32', 12] },
    bindings: { y: { binding: 1, access: 'read_write' } },
    overrides: ['activation', 'tail'],
  },
  'layer/activation_gradient': {
    workgroup: 64, size: 8, fields: { n4: ['u32', 0], stride: ['u32', 4] },
    bindings: { y: { binding: 1, access: 'read' }, dy: { binding: 2, access: 'read_write' } },
    overrides: ['activation', 'tail', 'y_slices'],
  },
  'layer/apply_mask': {
    workgroup: 64, size: 40, fields: { n4: ['u32', 0], stride: ['u32', 4], B: ['u32', 8], width4: ['u32', 12], source: ['u32', 16], out: ['u32', 20], mask: ['u32', 24], mask_stride: ['u32', 28], H4: ['u32', 32], ahead: ['u32', 36] },
    bindings: { source: { binding: 1, access: 'read' }, mask: { binding: 2, access: 'read' }, out: { binding: 3, access: 'read_write' } },
    overrides: ['adds'],
  },
  'layer/carry_state': {
    workgroup: 64, size: 12, fields: { n4: ['u32', 0], stride: ['u32', 4], T: ['u32', 8] },
    bindings: { statistics: { binding: 1, access: 'read', size: 16, fields: { loss: ['f32', 0], norm: ['f32', 4], scale: ['f32', 8], verdict: ['u32', 12] } }, state: { binding: 2, access: 'read_write' } },
    overrides: [],
  },
  'layer/dropout': {
    workgroup: 64, size: 24, fields: { n4: ['u32', 0], stride: ['u32', 4], source_offset: ['u32', 8], data_offset: ['u32', 12], layer: ['u32', 16], p: ['f32', 20] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, data: { binding: 2, access: 'read_write' } },
    overrides: ['in_place'],
  },
  'layer/final_state': {
    workgroup: 64, size: 16, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12] },
    bindings: { h: { binding: 1, access: 'read' }, out: { binding: 2, access: 'read_write' } },
    overrides: ['y_slices'],
  },
  'layer/initial_state': {
    workgroup: 64, size: 16, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12] },
    bindings: { initial: { binding: 1, access: 'read' }, state: { binding: 2, access: 'read_write' } },
    overrides: ['y_slices'],
  },
  'layer/join': {
    workgroup: 64, size: 28, fields: { rows: ['u32', 0], columns: ['u32', 4], H: ['u32', 8], part: ['u32', 12], part_stride: ['u32', 16], joined: ['u32', 20], joined_stride: ['u32', 24] },
    bindings: { part: { binding: 1, access: 'read_write' }, joined: { binding: 2, access: 'read_write' } },
    overrides: ['y_slices', 'backward'],
  },
  'layer/merge': {
    workgroup: 64, size: 20, fields: { n4: ['u32', 0], stride: ['u32', 4], H4: ['u32', 8], first: ['u32', 12], second: ['u32', 16] },
    bindings: { h: { binding: 1, access: 'read' }, out: { binding: 2, access: 'read_write' } },
    overrides: ['product', 'factor'],
  },
  'layer/merge_gradient': {
    workgroup: 64, size: 20, fields: { n4: ['u32', 0], stride: ['u32', 4], H4: ['u32', 8], first: ['u32', 12], second: ['u32', 16] },
    bindings: { h: { binding: 1, access: 'read' }, dout: { binding: 2, access: 'read' }, dh: { binding: 3, access: 'read_write' } },
    overrides: ['product', 'factor', 'adds'],
  },
  'layer/peephole_gradient': {
    workgroup: 64, size: 28, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], first: ['u32', 16], end: ['u32', 20], add: ['u32', 24] },
    bindings: { gates: { binding: 1, access: 'read' }, c: { binding: 2, access: 'read' }, dp: { binding: 3, access: 'read_write' } },
    overrides: [],
  },
  'layer/projection': {
    workgroup: 64, size: 24, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], P4: ['u32', 16], s: ['u32', 20] },
    bindings: { lengths: { binding: 1, access: 'read' }, m: { binding: 2, access: 'read' }, R: { binding: 3, access: 'read' }, h: { binding: 4, access: 'read_write' } },
    overrides: ['y_slices'],
  },
  'layer/projection_gradient': {
    workgroup: 64, size: 24, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], P4: ['u32', 16], s: ['u32', 20] },
    bindings: { lengths: { binding: 1, access: 'read' }, dy: { binding: 2, access: 'read_write' }, dh: { binding: 3, access: 'read_write' } },
    overrides: ['y_slices'],
  },
  'layer/sequence_mask': {
    workgroup: 64, size: 20, fields: { n4: ['u32', 0], stride: ['u32', 4], first: ['u32', 8], stream: ['u32', 12], p: ['f32', 16] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, mask: { binding: 2, access: 'read_write' } },
    overrides: [],
  },
  'loss/binary_cross_entropy': {
    workgroup: 64, size: 12, fields: { rows: ['u32', 0], N: ['u32', 4], stride4: ['u32', 8] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, targets: { binding: 2, access: 'read' }, weights: { binding: 3, access: 'read' }, outputs: { binding: 4, access: 'read_write' }, losses: { binding: 5, access: 'read_write' } },
    overrides: ['y_slices', 'gradient'],
  },
  'loss/cross_entropy': {
    workgroup: 64, size: 12, fields: { rows: ['u32', 0], V: ['u32', 4], stride4: ['u32', 8] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, targets: { binding: 2, access: 'read' }, class_weights: { binding: 3, access: 'read' }, weights: { binding: 4, access: 'read' }, logits: { binding: 5, access: 'read_write' }, losses: { binding: 6, access: 'read_write' } },
    overrides: ['y_slices', 'gradient'],
  },
  'loss/huber': {
    workgroup: 64, size: 12, fields: { rows: ['u32', 0], stride4: ['u32', 4], delta: ['f32', 8] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, targets: { binding: 2, access: 'read' }, weights: { binding: 3, access: 'read' }, outputs: { binding: 4, access: 'read_write' }, losses: { binding: 5, access: 'read_write' } },
    overrides: ['y_slices', 'gradient'],
  },
  'loss/squared_error': {
    workgroup: 64, size: 8, fields: { rows: ['u32', 0], stride4: ['u32', 4] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, targets: { binding: 2, access: 'read' }, weights: { binding: 3, access: 'read' }, outputs: { binding: 4, access: 'read_write' }, losses: { binding: 5, access: 'read_write' } },
    overrides: ['y_slices', 'gradient'],
  },
  'loss/statistics': {
    workgroup: 'width', size: 8, fields: { rows: ['u32', 0], partials: ['u32', 4] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, losses: { binding: 2, access: 'read' }, partials: { binding: 3, access: 'read' }, statistics: { binding: 4, access: 'read_write', size: 16, fields: { loss: ['f32', 0], norm: ['f32', 4], scale: ['f32', 8], verdict: ['u32', 12] } } },
    overrides: ['width'],
  },
  'optimizer/adam': {
    workgroup: 64, size: 8, fields: { n4: ['u32', 0], stride: ['u32', 4] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, statistics: { binding: 2, access: 'read', size: 16, fields: { loss: ['f32', 0], norm: ['f32', 4], scale: ['f32', 8], verdict: ['u32', 12] } }, gradients: { binding: 3, access: 'read' }, parameters: { binding: 4, access: 'read_write' }, mean: { binding: 5, access: 'read_write' }, square: { binding: 6, access: 'read_write' }, groups: { binding: 7, access: 'read' } },
    overrides: ['y_slices', 'grouped'],
  },
  'optimizer/add_gradients': {
    workgroup: 64, size: 8, fields: { n4: ['u32', 0], stride: ['u32', 4] },
    bindings: { earlier: { binding: 1, access: 'read' }, gradients: { binding: 2, access: 'read_write' } },
    overrides: ['y_slices'],
  },
  'optimizer/gradient_norm': {
    workgroup: 'width', size: 8, fields: { n4: ['u32', 0], stride: ['u32', 4] },
    bindings: { gradients: { binding: 1, access: 'read' }, partials: { binding: 2, access: 'read_write' }, groups: { binding: 3, access: 'read' } },
    overrides: ['y_slices', 'grouped', 'width'],
  },
  'optimizer/momentum': {
    workgroup: 64, size: 8, fields: { n4: ['u32', 0], stride: ['u32', 4] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, statistics: { binding: 2, access: 'read', size: 16, fields: { loss: ['f32', 0], norm: ['f32', 4], scale: ['f32', 8], verdict: ['u32', 12] } }, gradients: { binding: 3, access: 'read' }, parameters: { binding: 4, access: 'read_write' }, velocity: { binding: 5, access: 'read_write' }, groups: { binding: 6, access: 'read' } },
    overrides: ['y_slices', 'grouped'],
  },
  'optimizer/rmsprop': {
    workgroup: 64, size: 8, fields: { n4: ['u32', 0], stride: ['u32', 4] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, statistics: { binding: 2, access: 'read', size: 16, fields: { loss: ['f32', 0], norm: ['f32', 4], scale: ['f32', 8], verdict: ['u32', 12] } }, gradients: { binding: 3, access: 'read' }, parameters: { binding: 4, access: 'read_write' }, square: { binding: 5, access: 'read_write' }, groups: { binding: 6, access: 'read' } },
    overrides: ['y_slices', 'grouped'],
  },
  'optimizer/roll_back': {
    workgroup: 64, size: 8, fields: { n4: ['u32', 0], stride: ['u32', 4] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, statistics: { binding: 2, access: 'read', size: 16, fields: { loss: ['f32', 0], norm: ['f32', 4], scale: ['f32', 8], verdict: ['u32', 12] } }, values: { binding: 3, access: 'read_write' }, copy: { binding: 4, access: 'read_write' } },
    overrides: ['y_slices'],
  },
  'optimizer/sgd': {
    workgroup: 64, size: 8, fields: { n4: ['u32', 0], stride: ['u32', 4] },
    bindings: { control: { binding: 1, access: 'read', size: 48, fields: { weight: ['f32', 0], rate: ['f32', 4], clip_norm: ['f32', 8], clip_value: ['f32', 12], beta1: ['f32', 16], beta2: ['f32', 20], epsilon: ['f32', 24], decay: ['f32', 28], correction1: ['f32', 32], correction2: ['f32', 36], seed: ['u32', 40], policy: ['u32', 44] } }, statistics: { binding: 2, access: 'read', size: 16, fields: { loss: ['f32', 0], norm: ['f32', 4], scale: ['f32', 8], verdict: ['u32', 12] } }, gradients: { binding: 3, access: 'read' }, parameters: { binding: 4, access: 'read_write' }, groups: { binding: 5, access: 'read' } },
    overrides: ['y_slices', 'grouped'],
  },
  'product/column_sums': {
    workgroup: 'width', size: 56, fields: { M: ['u32', 0], N4: ['u32', 4], K: ['u32', 8], a: ['u32', 12], a_stride: ['u32', 16], a_z: ['u32', 20], b: ['u32', 24], b_stride: ['u32', 28], b_z: ['u32', 32], c: ['u32', 36], c_stride: ['u32', 40], c_z: ['u32', 44], sums: ['u32', 48], sums_z: ['u32', 52] },
    bindings: { b: { binding: 1, access: 'read' }, sums: { binding: 2, access: 'read_write' } },
    overrides: ['width', 'within', 'adds', 'row_slices'],
  },
  'product/product_staged': {
    workgroup: 'width', size: 56, fields: { M: ['u32', 0], N4: ['u32', 4], K: ['u32', 8], a: ['u32', 12], a_stride: ['u32', 16], a_z: ['u32', 20], b: ['u32', 24], b_stride: ['u32', 28], b_z: ['u32', 32], c: ['u32', 36], c_stride: ['u32', 40], c_z: ['u32', 44], sums: ['u32', 48], sums_z: ['u32', 52] },
    bindings: { a: { binding: 1, access: 'read' }, b: { binding: 2, access: 'read' }, bias: { binding: 3, access: 'read' }, c: { binding: 4, access: 'read_write' } },
    overrides: ['y_slices', 'activation', 'tail', 'width', 'k_slices', 'columns', 'rows_each', 'a_transposed', 'b_transposed', 'adds', 'biased', 'slice_width', 'a_slice', 'b_slice', 'a_staged', 'b_staged'],
  },
  'token/embedding_backward': {
    workgroup: 64, size: 28, fields: { V: ['u32', 0], first: ['u32', 4], count: ['u32', 8], first_column: ['u32', 12], width4: ['u32', 16], stride: ['u32', 20], add: ['u32', 24] },
    bindings: { starts: { binding: 1, access: 'read' }, positions: { binding: 2, access: 'read' }, dout: { binding: 3, access: 'read' }, dtable: { binding: 4, access: 'read_write' } },
    overrides: ['y_slices'],
  },
  'token/embedding_forward': {
    workgroup: 64, size: 12, fields: { first: ['u32', 0], count: ['u32', 4], stride: ['u32', 8] },
    bindings: { ids: { binding: 1, access: 'read' }, table: { binding: 2, access: 'read' }, out: { binding: 3, access: 'read_write' } },
    overrides: ['y_slices'],
  },
  'token/sample': {
    workgroup: 'width', size: 16, fields: { B: ['u32', 0], V: ['u32', 4], stride4: ['u32', 8], s: ['u32', 12] },
    bindings: { sampling: { binding: 1, access: 'read', size: 24, fields: { temperature: ['f32', 0], top_k: ['u32', 4], seed: ['u32', 8], position: ['u32', 12], prefix: ['u32', 16], steps: ['u32', 20] } }, logits: { binding: 2, access: 'read' }, ids: { binding: 3, access: 'read_write' } },
    overrides: ['width'],
  },
  'token/sample_loop': {
    workgroup: 'width', size: 76, fields: { first: ['u32', 0], end: ['u32', 4], terms4: ['u32', 8], k_slices: ['u32', 12], reset_k_slices: ['u32', 16], head_k_slices: ['u32', 20], slot: ['u32', 24], V: ['u32', 28], layer_stride: ['u32', 32], W: ['u32', 36], second_W: ['u32', 40], U: ['u32', 44], b: ['u32', 48], bn: ['u32', 52], p: ['u32', 56], layer_parameters: ['u32', 60], head_W: ['u32', 64], head_b: ['u32', 68], table: ['u32', 72] },
    bindings: { sampling: { binding: 1, access: 'read', size: 24, fields: { temperature: ['f32', 0], top_k: ['u32', 4], seed: ['u32', 8], position: ['u32', 12], prefix: ['u32', 16], steps: ['u32', 20] } }, parameters: { binding: 2, access: 'read' }, h: { binding: 3, access: 'read_write' }, c: { binding: 4, access: 'read_write' }, logits: { binding: 5, access: 'read_write' }, ids: { binding: 6, access: 'read_write' } },
    overrides: ['form', 'gates', 'relu', 'reset_after', 'peepholes', 'H4', 'E4', 'layers', 'resets', 'column_blocks', 'row_length', 'cells_length', 'sums_length', 'sums2_length', 'width', 'V4'],
  },
  'token/sample_step': {
    workgroup: 'width', size: 32, fields: { s: ['u32', 0], T: ['u32', 4], H4: ['u32', 8], V: ['u32', 12], W: ['u32', 16], b: ['u32', 20], table: ['u32', 24], width4: ['u32', 28] },
    bindings: { sampling: { binding: 1, access: 'read', size: 24, fields: { temperature: ['f32', 0], top_k: ['u32', 4], seed: ['u32', 8], position: ['u32', 12], prefix: ['u32', 16], steps: ['u32', 20] } }, parameters: { binding: 2, access: 'read' }, h: { binding: 3, access: 'read' }, logits: { binding: 4, access: 'read_write' }, ids: { binding: 5, access: 'read_write' }, out: { binding: 6, access: 'read_write' } },
    overrides: ['width'],
  },
}
