package dev.gru.bench.peer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

import dev.gru.weights.Precision;

/** All contenders in the comparison. */
public final class Contenders {
    private Contenders() {
    }

    /** Returns the library itself in every precision, then the peers of this build, always in the same order. */
    public static List<Contender> all() {
        List<Contender> all = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            all.add(new GruContender(precision, true));
        }
        ServiceLoader.load(Contender.class).forEach(all::add);
        return List.copyOf(all);
    }

    /** Returns what runs whole ONNX files, if this build has it. */
    public static Optional<ModelContender> ofModels() {
        return ServiceLoader.load(ModelContender.class).findFirst();
    }

    /**
     * Returns the contender of the given name: one of all, or this library without tables of gates.
     *
     * @throws IllegalArgumentException if there is none; the message lists all
     */
    public static Contender named(String name) {
        List<Contender> all = all();
        Stream<Contender> withoutTables = Arrays.stream(Precision.values())
                .map(precision -> new GruContender(precision, false));
        return Stream.concat(all.stream(), withoutTables).filter(contender -> contender.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("contender must be one of "
                        + all.stream().map(Contender::name).toList() + ", was " + name));
    }
}
