package dev.gru.engine;

import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * The pipelines of a model's sessions and groups, each borrowed by one call at a time. So streams take no memory beside
 * their states, there are only as many pipelines as there are simultaneous calls, and a thread usually gets the one
 * that it had before, still in its cache.
 *
 * <p>After the model is closed, idle pipelines are closed by {@link #closeIdle} and borrowed ones when they are
 * returned, so no pipeline is closed while it runs. The cost for a call is one volatile read after it has returned its
 * pipeline: either that read sees that the model is closed, or {@link #closeIdle} sees the returned pipeline.
 *
 * <p>Safe for use by any number of threads, without waiting. Nothing is allocated, unless more calls run at the same
 * time than ever before.
 */
final class PipelinePool {
    /**
     * Slots for idle pipelines, more than threads run at once. Pipelines beyond that are made and closed with each
     * call.
     */
    private static final int MIN_PLACES = 64;

    /**
     * Elements between neighbouring slots, at least 128 bytes: processors fetch cache lines of 64 bytes, often in
     * pairs, and threads with different slots must not share them.
     */
    private static final int STRIDE = 32;

    /** Spreads the ids of threads, which are often consecutive, over the slots: 2^32 divided by the golden ratio. */
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
        // One more stride at both ends, as objects next to the array may be written by others.
        places = new AtomicReferenceArray<>((count + 2) * STRIDE);
    }

    /**
     * Returns an empty pool of pipelines with room for a page of streams, or a chunk of steps of one.
     *
      * @param model the packed model that pipelines run
      * @param resources the native memory and threads that they use
     */
    static PipelinePool of(PackedModel model, Resources resources) {
        int rows = Math.max(StreamTable.PAGE, model.tiling().stepsAtOnce());
        List<Integer> one = Collections.nCopies(model.inputs(), 1);
        return new PipelinePool(() -> {
            Arena arena = resources.newArenaOfUser();
            try {
                return new Pipeline(model, rows, one, false, resources.team(), arena);
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
     * Borrows a pipeline.
     *
     * @throws IllegalStateException if a new one is needed and the model is closed
     */
    Pipeline take() {
        int home = home();
        Pipeline pipeline = places.getAndSet(at(home), null);
        if (pipeline == null) {
            pipeline = takeElsewhere(home);
        }
        pipeline.slot = home;
        return pipeline;
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

    /** Returns a borrowed pipeline. One whose call failed must be {@link #discard discarded} instead. */
    void giveBack(Pipeline pipeline) {
        for (int i = 0; i < count; i++) {
            if (places.compareAndSet(at((pipeline.slot + i) & (count - 1)), null, pipeline)) {
                if (resources.isClosed()) {
                    closeIdle();
                }
                return;
            }
        }
        pipeline.close();
    }

    /**
     * Closes a borrowed pipeline whose call failed.
     *
     * @throws StackOverflowError if the stack has no room to close it
     */
    static void discard(Pipeline pipeline) {
        Resources.requireStack();
        pipeline.close();
    }

    /** Closes the pipelines that are not borrowed. */
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
