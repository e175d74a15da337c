package dev.gru.bench.coldstart;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The starts of JVMs in one way.
 *
 * @param way the name of the way, for people
 * @param starts the starts, at least one
 */
record Starts(String way, List<Start> starts) {
    /** Copies the list. */
    Starts {
        starts = List.copyOf(starts);
    }

    /**
     * One start. All times are in ms but the last.
     *
     * @param firstResult from the start of the process to the first result
     * @param loading the part of it in which the model was loaded
     * @param warmUp the part of it in which the model was warmed up
     * @param nearSteady from the start of the process until steps take at most 1.5 times as long as at the end
     * @param stepMicros how long a step takes at the end, in µs
     */
    record Start(double firstResult, double loading, double warmUp, double nearSteady, double stepMicros) {
    }

    double median(ToDoubleFunction<Start> value) {
        return starts.stream().mapToDouble(value).sorted().toArray()[starts.size() / 2];
    }

    double most(ToDoubleFunction<Start> value) {
        return starts.stream().mapToDouble(value).max().orElseThrow();
    }
}
