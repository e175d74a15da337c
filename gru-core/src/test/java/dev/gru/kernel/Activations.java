package dev.gru.kernel;

import java.util.List;
import java.util.stream.Stream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;

/** Functions for tests: every kind, and those with parameters rising and falling. */
public final class Activations {
    private static final List<Activation> OF_ONE_NUMBER = List.of(Activation.LINEAR, Activation.RELU,
            Activation.SIGMOID, Activation.TANH, Activation.hardSigmoid(1 / 6f, 0.5f),
            Activation.hardSigmoid(-0.7f, 0.25f), Activation.linear(0.3f, 0.2f), Activation.linear(-1.5f, -0.125f),
            Activation.leakyRelu(0.3f), Activation.relu(0.1f, 2, 0.25f), Activation.relu(0, 3, 0.5f), Activation.RELU6,
            Activation.HARD_TANH, Activation.clip(Float.NEGATIVE_INFINITY, 1), Activation.ELU, Activation.elu(-0.5f),
            Activation.SELU, Activation.celu(0.7f), Activation.GELU, Activation.GELU_TANH, Activation.SOFTPLUS,
            Activation.SOFTSIGN, Activation.SILU, Activation.HARD_SILU, Activation.EXPONENTIAL,
            Activation.hardShrink(0.5f), Activation.softShrink(0.25f), Activation.TANH_SHRINK,
            Activation.threshold(0.3f, -0.2f), Activation.squareplus(4), Activation.LOG_SIGMOID, Activation.MISH,
            Activation.SPARSE_PLUS, Activation.SPARSE_SIGMOID, Activation.scaledTanh(1.7f, 0.6f));
    private static final List<Activation> OF_ROWS = List.of(Activation.SOFTMAX, Activation.LOG_SOFTMAX,
            Activation.SPARSEMAX);

    private static final List<Float> CLIPS = List.of(Float.POSITIVE_INFINITY, Float.MAX_VALUE, 3f, 0.3f);

    private Activations() {
    }

    /** Returns functions of every kind, for {@code MethodSource}. */
    public static Stream<Activation> all() {
        return Stream.concat(OF_ONE_NUMBER.stream(), OF_ROWS.stream());
    }

    /** Returns functions of one number, for {@code MethodSource}. */
    public static Stream<Activation> ofOneNumber() {
        return OF_ONE_NUMBER.stream();
    }

    /** Returns a few choices for a GRU, for {@code MethodSource}: all functions and bounds are among them. */
    public static Stream<GruActivations> ofGru() {
        return Stream.concat(Stream.of(GruActivations.STANDARD), Stream.iterate(0, i -> i + 1)
                .limit(OF_ONE_NUMBER.size())
                .map(i -> new GruActivations(OF_ONE_NUMBER.get((i + 3) % OF_ONE_NUMBER.size()), OF_ONE_NUMBER.get(i),
                        CLIPS.get(i % CLIPS.size()))));
    }

    /** The usual functions and no bound, or any functions and any bound. */
    public static Arbitrary<GruActivations> anyOfGru() {
        return Arbitraries.oneOf(Arbitraries.just(GruActivations.STANDARD),
                Combinators.combine(Arbitraries.of(OF_ONE_NUMBER), Arbitraries.of(OF_ONE_NUMBER), Arbitraries.of(CLIPS))
                        .as(GruActivations::new));
    }
}
