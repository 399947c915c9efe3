// Writing in one dispatch, by one workgroup that holds all matrices (resident/lib/write), of up to 512 terms together.
// Grid: one workgroup.
const most_terms = 512u;
#import resident/lib/write
