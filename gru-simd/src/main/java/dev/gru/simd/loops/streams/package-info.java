/**
 * Steps of many streams of a small layer, whose lanes are streams rather than units; all generated. Not API.
 *
 * <p>Where the units of a layer do not fill vectors, streams do. Numbers that rows hold for each stream are turned into
 * columns: a column has one number of each stream, and is as long as a tile is wide. Sums of all streams then take one
 * weight after the other, which is the same in every lane.
 *
 * <p>The chains of sums and the gates are those of {@code dev.gru.simd.loops}, and so are the bits. Lanes beside the
 * streams of a call have numbers of no meaning, which go nowhere.
 *
 * <p>All memory is arrays: of a tile of 24 sums, a step over one input loads no more than ten vectors, so that loads
 * which split cache lines are not what it waits for, and there are no checks but those of an index.
 */
package dev.gru.simd.loops.streams;
