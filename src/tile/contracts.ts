// Generated from shaders/ by shaders/plugin.ts with wgsl_reflect. Do not edit: `npm run contracts` writes it anew.
import type { Contract } from '../gpu/contract'

/** What TypeScript knows of each kernel. */
export interface Contracts {
  'tile/gru_backward': { bindings: 'lengths' | 'U' | 'gates' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
  'tile/gru_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'saved' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
  'tile/gru_reset_after_backward': { bindings: 'lengths' | 'U' | 'gates' | 'saved' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
  'tile/gru_reset_after_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'bn' | 'gates' | 'saved' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
  'tile/lstm_backward': { bindings: 'lengths' | 'U' | 'gates' | 'c' | 'dy' | 'dh' | 'dc' | 'p'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'peepholes' | 'projected' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
  'tile/lstm_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'h' | 'c' | 'p'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'peepholes' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
  'tile/mgu_backward': { bindings: 'lengths' | 'U' | 'gates' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
  'tile/mgu_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'saved' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
  'tile/product_nn': { bindings: 'a' | 'b' | 'bias' | 'c'; structs: {}; fields: 'M' | 'N4' | 'K' | 'a' | 'a_stride' | 'a_z' | 'b' | 'b_stride' | 'b_z' | 'c' | 'c_stride' | 'c_z' | 'sums' | 'sums_z'; overrides: 'width' | 'row_blocks' | 'tail_tile' | 'y_slices' | 'adds' | 'biased' }
  'tile/product_nt': { bindings: 'a' | 'b' | 'c'; structs: {}; fields: 'M' | 'N4' | 'K' | 'a' | 'a_stride' | 'a_z' | 'b' | 'b_stride' | 'b_z' | 'c' | 'c_stride' | 'c_z' | 'sums' | 'sums_z'; overrides: 'width' | 'row_blocks' | 'tail_tile' | 'y_slices' | 'adds' }
  'tile/product_tn': { bindings: 'a' | 'b' | 'c' | 'sums'; structs: {}; fields: 'M' | 'N4' | 'K' | 'a' | 'a_stride' | 'a_z' | 'b' | 'b_stride' | 'b_z' | 'c' | 'c_stride' | 'c_z' | 'sums' | 'sums_z'; overrides: 'width' | 'row_blocks' | 'tail_tile' | 'y_slices' | 'adds' | 'summing' }
  'tile/rnn_backward': { bindings: 'lengths' | 'U' | 'gates' | 'h' | 'dy' | 'dh'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'trace' | 'relu' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
  'tile/rnn_forward': { bindings: 'lengths' | 'ids' | 'W' | 'U' | 'gates' | 'h'; structs: {}; fields: 'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b'; overrides: 'reads_ids' | 'relu' | 'y_slices' | 'width' | 'row_blocks' | 'tail_tile' | 'phase' }
}

export const contracts: Readonly<Record<keyof Contracts, Contract>> = {
  'tile/gru_backward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, h: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' } },
    overrides: ['trace', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
  'tile/gru_forward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read_write' }, saved: { binding: 6, access: 'read_write' }, h: { binding: 7, access: 'read_write' } },
    overrides: ['reads_ids', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
  'tile/gru_reset_after_backward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, saved: { binding: 4, access: 'read_write' }, h: { binding: 5, access: 'read' }, dy: { binding: 6, access: 'read_write' }, dh: { binding: 7, access: 'read_write' } },
    overrides: ['trace', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
  'tile/gru_reset_after_forward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, bn: { binding: 5, access: 'read' }, gates: { binding: 6, access: 'read_write' }, saved: { binding: 7, access: 'read_write' }, h: { binding: 8, access: 'read_write' } },
    overrides: ['reads_ids', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
  'tile/lstm_backward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, c: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' }, dc: { binding: 7, access: 'read_write' }, p: { binding: 8, access: 'read' } },
    overrides: ['trace', 'peepholes', 'projected', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
  'tile/lstm_forward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read_write' }, h: { binding: 6, access: 'read_write' }, c: { binding: 7, access: 'read_write' }, p: { binding: 8, access: 'read' } },
    overrides: ['reads_ids', 'peepholes', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
  'tile/mgu_backward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, h: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' } },
    overrides: ['trace', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
  'tile/mgu_forward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read_write' }, saved: { binding: 6, access: 'read_write' }, h: { binding: 7, access: 'read_write' } },
    overrides: ['reads_ids', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
  'tile/product_nn': {
    workgroup: 'width', size: 56, fields: { M: ['u32', 0], N4: ['u32', 4], K: ['u32', 8], a: ['u32', 12], a_stride: ['u32', 16], a_z: ['u32', 20], b: ['u32', 24], b_stride: ['u32', 28], b_z: ['u32', 32], c: ['u32', 36], c_stride: ['u32', 40], c_z: ['u32', 44], sums: ['u32', 48], sums_z: ['u32', 52] },
    bindings: { a: { binding: 1, access: 'read' }, b: { binding: 2, access: 'read' }, bias: { binding: 3, access: 'read' }, c: { binding: 4, access: 'read_write' } },
    overrides: ['width', 'row_blocks', 'tail_tile', 'y_slices', 'adds', 'biased'],
  },
  'tile/product_nt': {
    workgroup: 'width', size: 56, fields: { M: ['u32', 0], N4: ['u32', 4], K: ['u32', 8], a: ['u32', 12], a_stride: ['u32', 16], a_z: ['u32', 20], b: ['u32', 24], b_stride: ['u32', 28], b_z: ['u32', 32], c: ['u32', 36], c_stride: ['u32', 40], c_z: ['u32', 44], sums: ['u32', 48], sums_z: ['u32', 52] },
    bindings: { a: { binding: 1, access: 'read' }, b: { binding: 2, access: 'read' }, c: { binding: 3, access: 'read_write' } },
    overrides: ['width', 'row_blocks', 'tail_tile', 'y_slices', 'adds'],
  },
  'tile/product_tn': {
    workgroup: 'width', size: 56, fields: { M: ['u32', 0], N4: ['u32', 4], K: ['u32', 8], a: ['u32', 12], a_stride: ['u32', 16], a_z: ['u32', 20], b: ['u32', 24], b_stride: ['u32', 28], b_z: ['u32', 32], c: ['u32', 36], c_stride: ['u32', 40], c_z: ['u32', 44], sums: ['u32', 48], sums_z: ['u32', 52] },
    bindings: { a: { binding: 1, access: 'read' }, b: { binding: 2, access: 'read' }, c: { binding: 3, access: 'read_write' }, sums: { binding: 4, access: 'read_write' } },
    overrides: ['width', 'row_blocks', 'tail_tile', 'y_slices', 'adds', 'summing'],
  },
  'tile/rnn_backward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, U: { binding: 2, access: 'read' }, gates: { binding: 3, access: 'read_write' }, h: { binding: 4, access: 'read' }, dy: { binding: 5, access: 'read_write' }, dh: { binding: 6, access: 'read_write' } },
    overrides: ['trace', 'relu', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
  'tile/rnn_forward': {
    workgroup: 'width', size: 36, fields: { T: ['u32', 0], B: ['u32', 4], D: ['u32', 8], H4: ['u32', 12], s: ['u32', 16], n: ['u32', 20], first: ['u32', 24], end: ['u32', 28], b: ['u32', 32] },
    bindings: { lengths: { binding: 1, access: 'read' }, ids: { binding: 2, access: 'read' }, W: { binding: 3, access: 'read' }, U: { binding: 4, access: 'read' }, gates: { binding: 5, access: 'read' }, h: { binding: 6, access: 'read_write' } },
    overrides: ['reads_ids', 'relu', 'y_slices', 'width', 'row_blocks', 'tail_tile', 'phase'],
  },
}
