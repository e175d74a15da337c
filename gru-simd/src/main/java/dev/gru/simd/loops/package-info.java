/**
 * The straight-line loops of the kernel {@code simd}, all but {@link dev.gru.simd.loops.Lanes} generated. Not API.
 *
 * <p><b>Why they are generated.</b> C2 keeps vectors in registers only if they are local variables of one method, used
 * in calls of the Vector API alone. A helper method that takes or returns a vector is not always inlined, and a vector
 * that crosses a call lives on the heap: the loop is then ten times slower. So every loop is one long method, in which
 * the same lines come again and again. In the templates each such line stands once. They lie with their generator among
 * the tests, in {@code src/test/resources/dev/gru/simd/generator}; its package says how to change them.
 *
 * <p><b>Products</b>, y = b + W x for some rows of inputs and some vectors of outputs, are cut into tiles.
 *
 * <pre>
 *                 one panel of W          per input k: a row of vectors, one lane an output
 *                +----+----+----+----+
 *  x0[k] ------&gt; | a  | a  | a  |    |    every a is a register, the sums of 1 row by 1 vector of outputs
 *  x1[k] ------&gt; | a  | a  | a  |    |    tile of 2 rows by 3 vectors; each weight that is loaded serves
 *                +----+----+----+----+    2 rows, each input that is broadcast serves 3 vectors
 * </pre>
 *
 * <p>Each output is one chain, its bias and then a fused multiply-add for each input in order, so that all tiles agree
 * bit for bit. In one row every weight is used once, and is read where it is used, as the memory operand of the
 * multiply-add: for this reason the load is the argument of {@code fma}. In tiles with fewer rows than vectors the
 * inputs stay in registers and weights come one by one; in the others it is the other way round.
 *
 * <p><b>Places.</b> The place of a row of weights is written as {@code (k + 1L) * n * B}, from left to right: if C2
 * sees a constant stride it takes the range checks out of the loop, and then, with nothing between them, reads the row
 * out of order. That costs a tenth of the bandwidth of the third level of the cache, and short loops more. A slice of
 * the segment for each row would need one check for all its vectors, but whether C2 makes an object of each slice
 * depends on what it compiled before; where it did, a step took four times as long.
 *
 * <p><b>Native memory.</b> Loops over segments first require that these are native. The methods of the Vector API ask a
 * segment for its size and so on, and what C2 knows of classes there comes from all the callers in the JVM: as soon as
 * one of them had a segment on the heap, every single access tells the two classes apart, some ten instructions each.
 * The question asked by the loop itself has a profile of its own, in which there is one class; from there on, C2 takes
 * it for granted.
 *
 * <p><b>bfloat16.</b> A lane of 32 bits holds the weights of one output for two inputs, the first in its lower half.
 * Shifted and masked they are floats: two integer operations for two multiply-adds. The number of inputs is even. For
 * many rows they are made floats once, in memory, and multiplied by the tiles for floats.
 */
package dev.gru.simd.loops;
