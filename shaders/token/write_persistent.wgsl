// Writing in one dispatch, by one workgroup that holds all matrices (lib/write_persistent), of up to 512 terms together.
// Grid: one workgroup.
const most_terms = 512u;
#import lib/write_persistent
