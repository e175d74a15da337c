/** What is done element by element: functions and bounds, and the gates made of the logistic function and tanh. */
final class Elements {

    private Elements() {
    }

    private static final String ELEMENT_IMPORTS = withExponential(
            Lines.IMPORTS.replace("import jdk.incubator.vector.IntVector;\n", ""));

    /** Adds the constants of the polynomial to some imports. */
    static String withExponential(String imports) {
        return imports.replaceFirst("import static", "import static dev.gru.kernel.math.Exponential.*;\nimport static");
    }

    static final String CONSTANTS = """
            FloatVector one = FloatVector.broadcast(S, 1f);
            FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
            FloatVector round = FloatVector.broadcast(S, ROUND);
            FloatVector ln2 = FloatVector.broadcast(S, -LN2);
            FloatVector q0 = FloatVector.broadcast(S, Q0);
            FloatVector q1 = FloatVector.broadcast(S, Q1);
            FloatVector q2 = FloatVector.broadcast(S, Q2);
            FloatVector q3 = FloatVector.broadcast(S, Q3);
            FloatVector q4 = FloatVector.broadcast(S, Q4);
            """;

    /** From {@code pU}, e^pU as {@code pE} = e^f − 1 and {@code pPow2}; p is a prefix of names. */
    static String exponential(String p, boolean mayBePositive) {
        String above = mayBePositive ? "pU = pU.blend(EXP_MAX, pU.compare(GT, EXP_MAX));\n" : "";
        return ("""
                pU = pU.blend(EXP_MIN, pU.compare(LT, EXP_MIN));
                """ + above + """
                FloatVector pT = pU.fma(log2e, round);
                FloatVector pF = pT.sub(round).fma(ln2, pU);
                FloatVector pF2 = pF.mul(pF);
                FloatVector pE = q4.fma(pF2, q3.fma(pF, q2)).fma(pF2, q1.fma(pF, q0)).fma(pF2, pF);
                FloatVector pPow2 = pT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                        .reinterpretAsFloats();
                """).replaceAll("\\bp(?=[UTFEP])", p);
    }

    /** Declares {@code name}, the logistic function of {@code v}. */
    static String sigmoid(String name, String v) {
        return """
                FloatVector pV = v;
                FloatVector pU = pV.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
                """.replace(" v;", " %s;".formatted(v)).replaceAll("\\bp(?=[VU])", name)
                + exponential(name, false) + """
                        FloatVector pX = pE.fma(pPow2, pPow2);
                        FloatVector p = one.blend(pX, pV.compare(LT, 0f)).div(pX.add(one));
                        """.replaceAll("\\bp(?=[EPVX ])", name);
    }

    /** Declares {@code name}, tanh of the variable {@code v}. */
    static String tanh(String name, String v) {
        return """
                FloatVector pS = v.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
                FloatVector pU = pS.add(pS);
                """.replaceAll("\\bp(?=[SU])", name).replaceAll("\\bv\\b", v)
                + exponential(name, false) + """
                        FloatVector pX = pE.fma(pPow2, pPow2.sub(one));
                        FloatVector p = pX.div(pX.add(2f)).reinterpretAsInts().and(Integer.MAX_VALUE)
                                .or(v.reinterpretAsInts().and(Integer.MIN_VALUE)).reinterpretAsFloats();
                        """.replaceAll("\\bp(?=[EPX ])", name).replaceAll("\\bv\\b", v);
    }

    /** A method that replaces each of some vectors in memory by {@code result}. */
    private static String loop(String documentation, String name, String more, String constants, String body,
            String result) {
        return """

                /** %s */
                static void %s(int vectors, MemorySegment v, long v0, long step%s) {
                %s
                %sfor (int i = 0; i < vectors; i++) {
                long at = v0 + i * step;
                FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
                %s%s.intoMemorySegment(v, at, nativeOrder());
                }
                }
                """.formatted(documentation, name, more, Lines.requireNative("v"), constants, body, result);
    }

    /** A loop around {@link #exponential}. */
    private static String exponentialLoop(String documentation, String name, String more, String body,
            String result) {
        return loop(documentation, name, more, CONSTANTS, body, result);
    }

    /** A loop for a function of the variable {@code line}, which is α v + β. */
    private static String lineLoop(String documentation, String name, String result) {
        return loop(documentation, name, ", float alpha, float beta", """
                FloatVector slope = FloatVector.broadcast(S, alpha);
                FloatVector constant = FloatVector.broadcast(S, beta);
                """, "FloatVector line = a.fma(slope, constant);\n", result);
    }

    static String activationLoops() {
        return new Source().add(ELEMENT_IMPORTS).add("""
                /**
                 * What is done to sums over memory: the logistic function, tanh and e^v, by {@link dev.gru.kernel.math.Exponential},
                 * and functions of straight lines. Vectors are {@code step} bytes apart, the first at byte {@code v0}; each is
                 * replaced by its image. Generated: KernelGenerator says why.
                 */
                final class ActivationLoops {
                private static final VectorSpecies<Float> S = Lanes.SPECIES;

                private ActivationLoops() {
                }
                """)
                .add(exponentialLoop("v' = 1 / (1 + e^−v).", "sigmoid", "", sigmoid("y", "a"), "y"))
                .add(exponentialLoop("v' = tanh v.", "tanh", "", tanh("y", "a"), "y"))
                .add(exponentialLoop("v' = e^(v − shift).", "exp", ", float shift",
                        "FloatVector yU = a.sub(shift);\n" + exponential("y", true), "yE.add(one).mul(yPow2)"))
                .add(loop("v' = max(0, v).", "relu", "", "", "", "a.max(0f)"))
                .add(lineLoop("v' = α v + β, rounded once.", "affine", "line"))
                .add(lineLoop("v' = min(1, max(0, α v + β)).", "hardSigmoid", "line.max(0f).min(1f)"))
                .add(loop("v' = v, but at least −bound and at most bound; NaN stays NaN.", "clip", ", float bound", "",
                        "", "a.min(bound).max(-bound)"))
                .add("}").toString();
    }

    static String gateLoops() {
        return new Source().add(ELEMENT_IMPORTS).add("""
                /**
                 * What comes after the matrix products of a step, for the variant and the functions that most models
                 * have; {@link GatePasses} has the rest. Generated: KernelGenerator says why.
                 *
                 * <p>All memory is padded to whole vectors; places in segments are in bytes, in arrays in elements.
                 * {@code gx} holds what the inputs give to the gates: for each block of units a vector of r, one of z and
                 * one of n; {@code gh} holds what the states give to them, for each block {@code stride} vectors, those of
                 * r and z first.
                 *
                 * <p>There are two passes because one would be a chain of two activations, so long that the processor finds
                 * too few others to do meanwhile.
                 *
                 * <p>Saturated gates are exact: z = 1 keeps the state bit for bit, z = 0 gives n.
                 */
                final class GateLoops {
                private static final VectorSpecies<Float> S = Lanes.SPECIES;
                private static final int L = Lanes.COUNT;
                private static final long B = Lanes.BYTES;

                private GateLoops() {
                }

                /** r = σ(gx_r + gh_r) and z = σ(gx_z + gh_z), in place in {@code gh}. */
                static void resetAndUpdate(int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0, int stride) {
                """).add(Lines.requireNative("gx", "gh")).add(CONSTANTS).add("""
                for (int i = 0; i < blocks; i++) {
                long x = gx0 + 3L * i * B;
                long s = gh0 + (long) stride * i * B;
                FloatVector rSum = %s.add(%s);
                FloatVector zSum = %s.add(%s);
                """.formatted(Lines.load("gx", "x", 0), Lines.load("gh", "s", 0), Lines.load("gx", "x", 1),
                Lines.load("gh", "s", 1)))
                .add(sigmoid("r", "rSum")).add(sigmoid("z", "zSum")).add("""
                        %s
                        %s
                        }
                        }
                        """.formatted(Lines.store("r", "gh", "s", 0), Lines.store("z", "gh", "s", 1)))
                .add(resetAfter(false)).add(resetAfter(true)).add("}").toString();
    }

    /** The second pass; its outputs may go to a second place, too. */
    private static String resetAfter(boolean twice) {
        return """

                /** n = tanh(gx_n + r ⊙ gh_n), h' = (1 − z) ⊙ n + z ⊙ h, from {@code h} at {@code h0} to {@code hNext}%s. */
                static void %s(int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0, float[] h,
                        float[] hNext, int h0%s) {
                """.formatted(twice
                ? " and to {@code y}, in rows of {@code rowBlocks} blocks, {@code yStride} from one to the next"
                : "", twice ? "resetAfterTwice" : "resetAfter",
                twice ? ", float[] y, int y0, int rowBlocks, int yStride" : "") + Lines.requireNative("gx", "gh") + "\n"
                + CONSTANTS + (twice ? "int to = y0;\nint leftInRow = rowBlocks;\n" : "") + """
                        for (int i = 0; i < blocks; i++) {
                        int at = h0 + i * L;
                        long x = gx0 + 3L * i * B;
                        long s = gh0 + 3L * i * B;
                        FloatVector r = %s;
                        FloatVector z = %s;
                        FloatVector nSum = r.fma(%s, %s);
                        """.formatted(Lines.load("gh", "s", 0), Lines.load("gh", "s", 1), Lines.load("gh", "s", 2),
                        Lines.load("gx", "x", 2))
                + tanh("n", "nSum") + """
                        FloatVector next = one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, at)));
                        next.intoArray(hNext, at);
                        """ + (twice
                        ? """
                                next.intoArray(y, to);
                                to += L;
                                if (--leftInRow == 0) {
                                to += yStride - rowBlocks * L;
                                leftInRow = rowBlocks;
                                }
                                """
                        : "") + "}\n}\n";
    }
}
