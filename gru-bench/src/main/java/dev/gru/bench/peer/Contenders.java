package dev.gru.bench.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

import dev.gru.weights.Precision;

/** All contenders in the comparison. */
public final class Contenders {
    private Contenders() {
    }

    /** Returns the library itself in every precision, then the peers of this build, always in the same order. */
    public static List<Contender> all() {
        List<Contender> all = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            all.add(new GruContender(precision));
        }
        ServiceLoader.load(Contender.class).forEach(all::add);
        return List.copyOf(all);
    }

    /** Returns what runs whole ONNX files, if this build has it. */
    public static Optional<ModelContender> ofModels() {
        return ServiceLoader.load(ModelContender.class).findFirst();
    }

    /**
     * Returns the contender of the given name.
     *
     * @throws IllegalArgumentException if there is none; the message lists all
     */
    public static Contender named(String name) {
        List<Contender> all = all();
        return all.stream().filter(contender -> contender.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("contender must be one of "
                        + all.stream().map(Contender::name).toList() + ", was " + name));
    }
}
