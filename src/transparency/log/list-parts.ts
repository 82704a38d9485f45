/**
 * How a list that is frozen is kept: in parts, one a row, and each part in runs whose roots are kept, too, so that the
 * path of one person takes some hashes of a run, of a part and of all parts. Powers of two, for the tree.
 */
export const PEOPLE_A_PART = 1_024;
export const PEOPLE_A_RUN = 32;
