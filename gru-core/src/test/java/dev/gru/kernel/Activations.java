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
            Activation.hardSigmoid(-0.7f, 0.25f), Activation.linear(0.3f, 0.2f), Activation.linear(-1.5f, -0.125f));

    private static final List<Float> CLIPS = List.of(Float.POSITIVE_INFINITY, Float.MAX_VALUE, 3f, 0.3f);

    private Activations() {
    }

    /** Returns functions of every kind, for {@code MethodSource}. */
    public static Stream<Activation> all() {
        return Stream.concat(OF_ONE_NUMBER.stream(), Stream.of(Activation.SOFTMAX));
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
