// Generated from shaders/ by shaders/plugin.ts with wgsl_reflect. Do not edit: `npm run contracts` writes it anew.
import type { Contract } from '../gpu/contract'

/** What TypeScript knows of each kernel. */
export interface Contracts {
  'resident/gru_backward': { bindings: 'lengths' | 'U' | 'gates' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'columns' | 'resident_k4' | 'banks_per_block' | 'quarter1' | 'quarter2' | 'quarter3' | 'width' | 'k_slices' | 'hidden4' | 'padded4' }
  'resident/gru_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'saved' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'columns' | 'resident_k4' | 'banks_per_block' | 'quarter1' | 'quarter2' | 'quarter3' | 'width' | 'k_slices' | 'hidden4' | 'padded4' }
  'resident/gru_reset_after_backward': { bindings: 'lengths' | 'U' | 'gates' | 'saved' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'columns' | 'resident_k4' | 'banks_per_block' | 'quarter1' | 'quarter2' | 'quarter3' | 'width' | 'k_slices' | 'hidden4' | 'padded4' }
  'resident/gru_reset_after_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'bn' | 'gates' | 'saved' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'columns' | 'resident_k4' | 'banks_per_block' | 'quarter1' | 'quarter2' | 'quarter3' | 'width' | 'k_slices' | 'hidden4' | 'padded4' }
  'resident/lstm_backward': { bindings: 'lengths' | 'U' | 'gates' | 'c' | 'dy' | 'dh' | 'dc' | 'p'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'peepholes' | 'projected' | 'columns' | 'resident_k4' | 'banks_per_block' | 'quarter1' | 'quarter2' | 'quarter3' | 'width' | 'k_slices' | 'hidden4' | 'padded4' }
  'resident/lstm_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'h' | 'c' | 'p'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'peepholes' | 'columns' | 'resident_k4' | 'banks_per_block' | 'quarter1' | 'quarter2' | 'quarter3' | 'width' | 'k_slices' | 'hidden4' | 'padded4' }
  'resident/product': { bindings: 'a' | 'b' | 'bias' | 'c'; structs: {}; fields: 'M' | 'N4' | 'K' | 'begins' | 'a' | 'a_stride' | 'a_z' | 'b' | 'b_stride' | 'b_z' | 'c' | 'c_stride' | 'c_z' | 'sums' | 'sums_z'; overrides: 'columns' | 'resident_k4' | 'banks_per_block' | 'quarter1' | 'quarter2' | 'quarter3' | 'width' | 'a_transposed' | 'b_transposed' | 'adds' | 'biased' }
  'resident/rnn_backward': { bindings: 'lengths' | 'U' | 'gates' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'relu' | 'columns' | 'resident_k4' | 'banks_per_block' | 'quarter1' | 'quarter2' | 'quarter3' | 'width' | 'k_slices' | 'hidden4' | 'padded4' }
  'resident/rnn_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'relu' | 'columns' | 'resident_k4' | 'banks_per_block' | 'quarter1' | 'quarter2' | 'quarter3' | 'width' | 'k_slices' | 'hidden4' | 'padded4' }
  'resident/sample_loop': { bindings: 'sampling' | 'parameters' | 'h' | 'c' | 'logits' | 'ids'; structs: { sampling: 'temperature' | 'top_k' | 'seed' | 'position' | 'prefix' | 'steps' }; fields: 'T' | 'V' | 'layer_stride' | 'W' | 'second_W' | 'U' | 'b' | 'bn' | 'p' | 'layer_parameters' | 'head_W' | 'head_b' | 'table'; overrides: 'max_k4' | 'gates' | 'relu' | 'reset_after' | 'resets' | 'peepholes' | 'H' | 'E' | 'layers' | 'width' | 'row_length' }
  'resident/sample_loop_small': { bindings: 'sampling' | 'parameters' | 'h' | 'c' | 'logits' | 'ids'; structs: { sampling: 'temperature' | 'top_k' | 'seed' | 'position' | 'prefix' | 'steps' }; fields: 'T' | 'V' | 'layer_stride' | 'W' | 'second_W' | 'U' | 'b' | 'bn' | 'p' | 'layer_parameters' | 'head_W' | 'head_b' | 'table'; overrides: 'max_k4' | 'gates' | 'relu' | 'reset_after' | 'resets' | 'peepholes' | 'H' | 'E' | 'layers' | 'width' | 'row_length' }
}

export const contracts: Readonly<Record<keyof Contracts, Contract>> = {
  'resident/gru_backward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, h: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' } },
    overrides: ['trace', 'columns', 'resident_k4', 'banks_per_block', 'quarter1', 'quarter2', 'quarter3', 'width', 'k_slices', 'hidden4', 'padded4'],
  },
  'resident/gru_forward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read_write' }, saved: { binding: 6, access: 'read_write' }, h: { binding: 7, access: 'read_write' } },
    overrides: ['reads_ids', 'columns', 'resident_k4', 'banks_per_block', 'quarter1', 'quarter2', 'quarter3', 'width', 'k_slices', 'hidden4', 'padded4'],
  },
  'resident/gru_reset_after_backward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, saved: { binding: 4, access: 'read_write' }, h: { binding: 5, access: 'read' }, dy: { binding: 6, access: 'read_write' }, dh: { binding: 7, access: 'read_write' } },
    overrides: ['trace', 'columns', 'resident_k4', 'banks_per_block', 'quarter1', 'quarter2', 'quarter3', 'width', 'k_slices', 'hidden4', 'padded4'],
  },
  'resident/gru_reset_after_forward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, bn: { binding: 5, access: 'read' }, gates: { binding: 6, access: 'read_write' }, saved: { binding: 7, access: 'read_write' }, h: { binding: 8, access: 'read_write' } },
    overrides: ['reads_ids', 'columns', 'resident_k4', 'banks_per_block', 'quarter1', 'quarter2', 'quarter3', 'width', 'k_slices', 'hidden4', 'padded4'],
  },
  'resident/lstm_backward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, c: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' }, dc: { binding: 7, access: 'read_write' }, p: { binding: 8, access: 'read' } },
    overrides: ['trace', 'peepholes', 'projected', 'columns', 'resident_k4', 'banks_per_block', 'quarter1', 'quarter2', 'quarter3', 'width', 'k_slices', 'hidden4', 'padded4'],
  },
  'resident/lstm_forward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read_write' }, h: { binding: 6, access: 'read_write' }, c: { binding: 7, access: 'read_write' }, p: { binding: 8, access: 'read' } },
    overrides: ['reads_ids', 'peepholes', 'columns', 'resident_k4', 'banks_per_block', 'quarter1', 'quarter2', 'quarter3', 'width', 'k_slices', 'hidden4', 'padded4'],
  },
  'resident/product': {
    workgroup: 'width', size: 60, fields: { M: ['u32', 0], N4: ['u32', 4], K: ['u32', 8], begins: ['u32', 12], a: ['u32', 16], a_stride: ['u32', 20], a_z: ['u32', 24], b: ['u32', 28], b_stride: ['u32', 32], b_z: ['u32', 36], c: ['u32', 40], c_stride: ['u32', 44], c_z: ['u32', 48], sums: ['u32', 52], sums_z: ['u32', 56] },
    bindings: { a: { binding: 1, access: 'read' }, b: { binding: 2, access: 'read' }, bias: { binding: 3, access: 'read' }, c: { binding: 4, access: 'read_write' } },
    overrides: ['columns', 'resident_k4', 'banks_per_block', 'quarter1', 'quarter2', 'quarter3', 'width', 'a_transposed', 'b_transposed', 'adds', 'biased'],
  },
  'resident/rnn_backward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, h: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' } },
    overrides: ['trace', 'relu', 'columns', 'resident_k4', 'banks_per_block', 'quarter1', 'quarter2', 'quarter3', 'width', 'k_slices', 'hidden4', 'padded4'],
  },
  'resident/rnn_forward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read' }, h: { binding: 6, access: 'read_write' } },
    overrides: ['reads_ids', 'relu', 'columns', 'resident_k4', 'banks_per_block', 'quarter1', 'quarter2', 'quarter3', 'width', 'k_slices', 'hidden4', 'padded4'],
  },
  'resident/sample_loop': {
    workgroup: 'width', size: 52, fields: { T: ['u32', 0], V: ['u32', 4], layer_stride: ['u32', 8], W: ['u32', 12], second_W: ['u32', 16], U: ['u32', 20], b: ['u32', 24], bn: ['u32', 28], p: ['u32', 32], layer_parameters: ['u32', 36], head_W: ['u32', 40], head_b: ['u32', 44], table: ['u32', 48] },
    bindings: { sampling: { binding: 1, access: 'read', size: 24, fields: { temperature: ['f32', 0], top_k: ['u32', 4], seed: ['u32', 8], position: ['u32', 12], prefix: ['u32', 16], steps: ['u32', 20] } }, parameters: { binding: 2, access: 'read' }, h: { binding: 3, access: 'read_write' }, c: { binding: 4, access: 'read_write' }, logits: { binding: 5, access: 'read_write' }, ids: { binding: 6, access: 'read_write' } },
    overrides: ['max_k4', 'gates', 'relu', 'reset_after', 'resets', 'peepholes', 'H', 'E', 'layers', 'width', 'row_length'],
  },
  'resident/sample_loop_small': {
    workgroup: 'width', size: 52, fields: { T: ['u32', 0], V: ['u32', 4], layer_stride: ['u32', 8], W: ['u32', 12], second_W: ['u32', 16], U: ['u32', 20], b: ['u32', 24], bn: ['u32', 28], p: ['u32', 32], layer_parameters: ['u32', 36], head_W: ['u32', 40], head_b: ['u32', 44], table: ['u32', 48] },
    bindings: { sampling: { binding: 1, access: 'read', size: 24, fields: { temperature: ['f32', 0], top_k: ['u32', 4], seed: ['u32', 8], position: ['u32', 12], prefix: ['u32', 16], steps: ['u32', 20] } }, parameters: { binding: 2, access: 'read' }, h: { binding: 3, access: 'read_write' }, c: { binding: 4, access: 'read_write' }, logits: { binding: 5, access: 'read_write' }, ids: { binding: 6, access: 'read_write' } },
    overrides: ['max_k4', 'gates', 'relu', 'reset_after', 'resets', 'peepholes', 'H', 'E', 'layers', 'width', 'row_length'],
  },
}
