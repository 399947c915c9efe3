// resident/write for matrices of up to 128 terms together. What is held begins as zeros, by code that grows with the room
// there is: for a small network a software adapter compiles this in half the time.
// Grid: one workgroup.
const most_terms = 128u;
#import resident/lib/write
