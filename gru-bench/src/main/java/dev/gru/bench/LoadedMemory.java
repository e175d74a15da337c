package dev.gru.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import com.sun.management.ThreadMXBean;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.ModelFile;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * Prints where the memory of a loaded model is: for a file of one GRU layer, 100 MB in full precision unless the number
 * of units is given, in each precision, with its layers kept and without, what it holds on the heap and outside, and
 * what loading it has allocated on the heap.
 */
public final class LoadedMemory {
    private static final int UNITS = 2048;
    private static final double MEGABYTE = 1e6;
    private static final long PAUSE_NANOS = 20_000_000;

    private LoadedMemory() {
    }

    /** What a loaded model takes, in bytes. */
    record Taken(long heap, long outside, long allocated) {
    }

    /**
     * Loads models and prints what they take.
     *
     * @param args the number of units, and the kernel; or less
     */
    public static void main(String[] args) throws IOException {
        int units = args.length > 0 ? Integer.parseInt(args[0]) : UNITS;
        ModelOptions kernel = args.length > 1 ? ModelOptions.defaults().withKernel(args[1]) : ModelOptions.defaults();
        Path file = Files.createTempFile("loaded-memory", ".safetensors");
        try {
            System.out.printf(Locale.ROOT, "kernel %s, MB%n%-22s %10s %10s %10s %10s%n", kernel.kernel(), "", "file",
                    "heap",
                    "outside", "allocated");
            for (Precision precision : Precision.values()) {
                write(units, precision, file);
                for (ModelOptions options : List.of(kernel, kernel.withoutLayers())) {
                    Taken taken = load(file, options.withPrecision(precision));
                    System.out.printf(Locale.ROOT, "%-22s %10.1f %10.1f %10.1f %10.1f%n",
                            precision + (options.keepsLayers() ? "" : " without layers"),
                            Files.size(file) / MEGABYTE, taken.heap() / MEGABYTE, taken.outside() / MEGABYTE,
                            taken.allocated() / MEGABYTE);
                }
            }
        } finally {
            Files.delete(file);
        }
    }

    static void write(int units, Precision precision, Path file) throws IOException {
        Random random = new Random(1);
        int rows = Gate.COUNT * units;
        GruWeights weights = new GruWeights(GruVariant.RESET_AFTER, units, units, floats(random, rows * units),
                floats(random, rows * units), floats(random, rows), floats(random, rows));
        ModelFile.write(new Sequential(List.of(new GruLayer("gru", weights).withReturnSequences(true))), file,
                precision);
    }

    private static float[] floats(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    static Taken load(Path file, ModelOptions options) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // What the classes take that are loaded by the first load is no part of it.
        GruModel.load(file, options).close();
        long before = usedHeap();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        try (GruModel model = GruModel.load(file, options)) {
            long loading = threads.getCurrentThreadAllocatedBytes() - allocated;
            long heap = usedHeap() - before;
            return new Taken(heap, model.nativeBytes(), loading);
        }
    }

    /** Cleaners, which run in a thread of their own, release what they hold from one collection to the next. */
    private static long usedHeap() {
        for (int i = 0; i < 5; i++) {
            System.gc();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
