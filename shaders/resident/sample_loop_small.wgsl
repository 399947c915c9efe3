// resident/sample_loop for matrices of up to 128 terms together. Registers begin as zeros, by code that grows with their number: a software
// adapter compiles this in half the time.
// Grid: one workgroup.
const max_resident_terms = 128u;
#import resident/lib/sample_loop
