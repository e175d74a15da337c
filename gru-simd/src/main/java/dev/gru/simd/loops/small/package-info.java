/**
 * Steps of layers whose units fit one vector, all generated. Not API.
 *
 * <p>Such a layer spends more time between calls than in them, so its steps are one loop of one method: products, gates
 * and new state stay in registers, and only what is to be broadcast goes through memory.
 *
 * <p>Layers of at most eight units would take less time in the lower half of vectors of 512 bits, which some machines
 * compute in two halves. But then HotSpot can compile other loops, of whole vectors, so that these stay in objects,
 * ten times slower, for as long as the JVM runs. Layers of two vectors and more have no such method either. With a
 * line for each vector it would be more than HotSpot's first compiler has registers for: it gives the method up, and
 * without its profile the second never compiles it, or late. With loops over vectors it was compiled, but in some JVMs
 * in a way that allocates.
 *
 * <p>The chains of sums and the gates are those of {@code dev.gru.simd.loops}, and so are the bits.
 *
 * <p><b>Arguments.</b> {@code wi}, {@code ws} and {@code wg} are matrices of one panel as {@code PackedMatrix} packs
 * them, from the inputs, the state, and r ⊙ state: a row of biases, and then a row for each input, or in bfloat16 for
 * each pair. {@code x} holds a row of inputs for each of the {@code steps} from {@code x0} on. {@code h} holds the
 * state, padded to the whole vector, which is replaced; where there are two, c stands behind h. If
 * {@code y} is given, the outputs of each step are written there, from {@code y0} on, {@code units} apart, with their
 * padding: those of the next step overwrite it, and there must be room for that of the last. {@code gated} is scratch
 * memory of one float a unit, padding included.
 */
package dev.gru.simd.loops.small;
