/** What training does element by element, over arrays on the heap: the gates forward and backward, and functions. */
final class TrainingElements {

    private TrainingElements() {
    }

    static String source() {
        return new Source().add(Elements.withExponential(Lines.ARRAY_IMPORTS)).add("""
                /**
                 * The element-wise loops of {@link SimdTrainingKernel}. Generated: KernelGenerator says why.
                 *
                 * <p>{@code g} holds from element {@code g0} on the gates of a row, {@code units} elements of each: n, r, z and q;
                 * other rows begin at the elements that the parameters of their names say.
                 */
                final class TrainingGateLoops {
                private static final VectorSpecies<Float> S = Lanes.SPECIES;
                private static final int L = Lanes.COUNT;

                private TrainingGateLoops() {
                }

                /** r = σ(g_r + s_r) and z = σ(g_z + s_z), in place in {@code g}; {@code s} holds sums for r, z and q. */
                static void resetAndUpdate(int units, float[] g, int g0, float[] s, int s0) {
                """).add(Elements.CONSTANTS).add("""
                for (int j = 0; j < units; j += L) {
                FloatVector rSum = %s.add(%s);
                FloatVector zSum = %s.add(%s);
                """.formatted(load("g", "g0 + units + j"), load("s", "s0 + j"), load("g", "g0 + 2 * units + j"),
                load("s", "s0 + units + j")))
                .add(Elements.sigmoid("r", "rSum")).add(Elements.sigmoid("z", "zSum")).add("""
                        %s
                        %s
                        }
                        }

                        /** q = s_q, n = tanh(g_n + r ⊙ q), h' = (1 − z) ⊙ n + z ⊙ h. */
                        static void newState(int units, float[] g, int g0, float[] s, int s0, float[] h, int h0, float[] hNext,
                                int hNext0) {
                        """.formatted(store("r", "g", "g0 + units + j"), store("z", "g", "g0 + 2 * units + j")))
                .add(Elements.CONSTANTS).add("""
                        for (int j = 0; j < units; j += L) {
                        FloatVector r = %s;
                        FloatVector z = %s;
                        FloatVector q = %s;
                        FloatVector nSum = r.fma(q, %s);
                        """.formatted(load("g", "g0 + units + j"), load("g", "g0 + 2 * units + j"),
                        load("s", "s0 + 2 * units + j"), load("g", "g0 + j")))
                .add(Elements.tanh("n", "nSum")).add("""
                        %s
                        %s
                        one.sub(z).fma(n, z.mul(%s)).intoArray(hNext, hNext0 + j);
                        }
                        }

                        /**
                         * From the gates to the derivatives of their sums, in place in {@code g}; {@code dh} is the derivative of h'
                         * but for {@code dy}, and in the end what goes to h past the gates.
                         */
                        static void backward(int units, float[] g, int g0, float[] h, int h0, float[] dy, int dy0, float[] dh,
                                int dh0) {
                        FloatVector one = FloatVector.broadcast(S, 1f);
                        for (int j = 0; j < units; j += L) {
                        FloatVector d = %s.add(%s);
                        FloatVector n = %s;
                        FloatVector r = %s;
                        FloatVector z = %s;
                        FloatVector q = %s;
                        FloatVector u = one.sub(z);
                        FloatVector dn = d.mul(u).mul(n.neg().fma(n, one));
                        FloatVector dz = d.mul(%s.sub(n)).mul(z.mul(u));
                        FloatVector dr = dn.mul(q).mul(r.mul(one.sub(r)));
                        %s
                        %s
                        %s
                        dn.mul(r).intoArray(g, g0 + 3 * units + j);
                        d.mul(z).intoArray(dh, dh0 + j);
                        }
                        }
                        """.formatted(store("n", "g", "g0 + j"), store("q", "g", "g0 + 3 * units + j"),
                        load("h", "h0 + j"), load("dh", "dh0 + j"), load("dy", "dy0 + j"), load("g", "g0 + j"),
                        load("g", "g0 + units + j"), load("g", "g0 + 2 * units + j"), load("g", "g0 + 3 * units + j"),
                        load("h", "h0 + j"), store("dn", "g", "g0 + j"), store("dr", "g", "g0 + units + j"),
                        store("dz", "g", "g0 + 2 * units + j")))
                .add("""

                        /** v' = v + d², for {@code count} elements. */
                        static void addSquares(int count, float[] d, int d0, float[] v, int v0) {
                        for (int j = 0; j < count; j += L) {
                        FloatVector a = %s;
                        a.fma(a, %s).intoArray(v, v0 + j);
                        }
                        }
                        """.formatted(load("d", "d0 + j"), load("v", "v0 + j")))
                .add(function("v' = 1 / (1 + e^−v).", "sigmoid", "", Elements.sigmoid("y", "a"), "y"))
                .add(function("v' = tanh v.", "tanh", "", Elements.tanh("y", "a"), "y"))
                .add(function("v' = e^(v − shift).", "exp", ", float shift",
                        "FloatVector yU = a.sub(shift);\n" + Elements.exponential("y", true), "yE.add(one).mul(yPow2)"))
                .add("}").toString();
    }

    private static String function(String documentation, String name, String more, String body, String result) {
        return """

                /** %s For the {@code count} elements from {@code v0} on, in place. */
                static void %s(int count, float[] v, int v0%s) {
                %s
                for (int j = v0; j < v0 + count; j += L) {
                FloatVector a = FloatVector.fromArray(S, v, j);
                %s%s.intoArray(v, j);
                }
                }
                """.formatted(documentation, name, more, Elements.CONSTANTS, body, result);
    }

    private static String load(String array, String index) {
        return Lines.loadArray(array, index, 0);
    }

    private static String store(String vector, String array, String index) {
        return Lines.storeArray(vector, array, index, 0);
    }
}
