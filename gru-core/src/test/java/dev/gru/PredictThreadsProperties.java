package dev.gru;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;

/** Same stream, same bits: however many threads there are, and whoever has them. */
class PredictThreadsProperties {
    private static final ModelOptions SCALAR = ModelOptions.defaults().withKernel(Models.SCALAR);

    @Property(tries = 150)
    void anyNumberOfThreadsGivesTheBitsOfOne(@ForAll @IntRange(min = 2, max = 4) int threads,
            @ForAll @IntRange(min = 1, max = 90) int batch, @ForAll @IntRange(min = 1, max = 40) int steps,
            @ForAll long seed) {
        Graph layers = RandomModel.layers(new Random(seed));
        try (GruModel one = GruModel.of(layers, SCALAR);
                GruModel many = GruModel.of(layers, SCALAR.withThreads(threads))) {
            ModelInput input = RandomModel.input(layers, batch, steps, new Random(seed));
            ModelRunProperties.assertSameBits(one.run(input), many.run(input));
            ModelInput single = RandomModel.input(layers, 1, steps, new Random(seed));
            ModelRunProperties.assertSameBits(one.run(single), many.run(single));
        }
    }

    @Property(tries = 20)
    void callersOfOneModelDoNotDisturbEachOther(@ForAll @IntRange(min = 2, max = 3) int threads, @ForAll long seed)
            throws Exception {
        Graph layers = RandomModel.layers(new Random(seed));
        try (GruModel one = GruModel.of(layers, SCALAR);
                GruModel many = GruModel.of(layers, SCALAR.withThreads(threads));
                ExecutorService callers = Executors.newFixedThreadPool(3)) {
            List<Callable<Void>> calls = new ArrayList<>();
            for (int caller = 0; caller < 3; caller++) {
                int batch = 1 + 9 * caller;
                long data = seed + caller;
                ModelInput input = RandomModel.input(layers, batch, 11, new Random(data));
                ModelOutput expected = one.run(input);
                calls.add(() -> {
                    for (int round = 0; round < 5; round++) {
                        ModelRunProperties.assertSameBits(expected, many.run(input));
                    }
                    return null;
                });
            }
            for (Future<Void> done : callers.invokeAll(calls)) {
                done.get();
            }
        }
    }
}
