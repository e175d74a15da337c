package dev.gru.engine;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * The pipelines in which a model's sessions and groups run, each lent to one call at a time. So streams take no more memory
 * than their states, there are only as many pipelines as there are calls at once, and the one that a thread takes is most
 * often the one that it had before, still in its cache.
 *
 * <p>Once the model is closed, the pipelines that are here are closed, by {@link #closeIdle}, and those that are lent when
 * they come back; so none is closed that is at work. That takes nothing from calls but a look at whether the model is
 * closed, after the pipeline was put back: either that look, or the one at the place by whoever closes the model, comes
 * after the other's write.
 *
 * <p>Safe for use by any number of threads; none waits for another. Taking and giving back allocate nothing, unless more
 * calls run at once than ever before.
 */
final class PipelinePool {
    /** Places of threads, which are more than run at once. Beyond, pipelines are made and closed with each call. */
    private static final int MIN_PLACES = 64;

    /**
     * Elements from one place to the next, at least 128 bytes: a processor takes memory in lines of 64 bytes, often two at
     * a time, and threads must not take them from each other.
     */
    private static final int STRIDE = 32;

    /** Spreads the ids of threads, which are often neighbours: 2^32 divided by the golden ratio. */
    private static final int SPREAD = 0x9E3779B9;

    private final Supplier<Pipeline> maker;
    private final Resources resources;
    private final AtomicReferenceArray<Pipeline> places;
    private final int count;
    private final int shift;

    private PipelinePool(Supplier<Pipeline> maker, Resources resources) {
        this.maker = maker;
        this.resources = resources;
        int wanted = Math.max(MIN_PLACES, 4 * Runtime.getRuntime().availableProcessors());
        count = Integer.highestOneBit(wanted - 1) << 1;
        shift = Integer.numberOfLeadingZeros(count) + 1;
        // One stride more on either side, as what lies beside the array may be somebody's too.
        places = new AtomicReferenceArray<>((count + 2) * STRIDE);
    }

    /**
     * Returns an empty pool.
     *
     * @param model what its pipelines run
     * @param resources where they take what they need outside the heap, and who may help
     */
    static PipelinePool of(PackedModel model, Resources resources) {
        return new PipelinePool(() -> {
            Arena arena = resources.newArenaOfUser();
            try {
                return new Pipeline(model, Batching.ROWS, 1, false, resources.team(), arena);
            } catch (RuntimeException | Error e) {
                Resources.requireStack();
                arena.close();
                throw e;
            }
        }, resources);
    }

    private int home() {
        return ((int) Thread.currentThread().threadId() * SPREAD) >>> shift;
    }

    private static int at(int place) {
        return (place + 1) * STRIDE;
    }

    /**
     * Takes a pipeline.
     *
     * @throws IllegalStateException if a new one is needed and the model is closed
     */
    Pipeline take() {
        int home = home();
        Pipeline pipeline = places.getAndSet(at(home), null);
        return pipeline != null ? pipeline : takeElsewhere(home);
    }

    private Pipeline takeElsewhere(int home) {
        for (int i = 1; i < count; i++) {
            int at = at((home + i) & (count - 1));
            if (places.getOpaque(at) != null) {
                Pipeline pipeline = places.getAndSet(at, null);
                if (pipeline != null) {
                    return pipeline;
                }
            }
        }
        return maker.get();
    }

    /** Gives a pipeline back that was taken. One whose call failed is not given back, but {@link #discard discarded}. */
    void giveBack(Pipeline pipeline) {
        int home = home();
        for (int i = 0; i < count; i++) {
            if (places.compareAndSet(at((home + i) & (count - 1)), null, pipeline)) {
                if (resources.isClosed()) {
                    closeIdle();
                }
                return;
            }
        }
        pipeline.close();
    }

    /**
     * Closes a pipeline that was taken and whose call failed.
     *
     * @throws StackOverflowError if the stack has no room for that; then it is left to the collector
     */
    static void discard(Pipeline pipeline) {
        Resources.requireStack();
        pipeline.close();
    }

    /** Closes the pipelines that are not lent. */
    void closeIdle() {
        Resources.requireStack();
        for (int i = 0; i < count; i++) {
            Pipeline pipeline = places.getAndSet(at(i), null);
            if (pipeline != null) {
                pipeline.close();
            }
        }
    }
}
