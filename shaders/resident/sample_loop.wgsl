// Sampling in one dispatch, by one workgroup that keeps all matrices in registers (resident/lib/sample_loop), of up to 512 terms together.
// Grid: one workgroup.
const max_resident_terms = 512u;
#import resident/lib/sample_loop
