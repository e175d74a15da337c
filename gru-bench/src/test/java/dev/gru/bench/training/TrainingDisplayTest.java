package dev.gru.bench.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import org.junit.jupiter.api.Test;

import dev.gru.layer.Graph;
import dev.gru.train.BatchResult;
import dev.gru.train.History;
import dev.gru.train.TrainingCallback;

/** Three epochs of four batches, of 50,000 tokens each. */
class TrainingDisplayTest {
    private static final int EPOCHS = 3;
    private static final int BATCHES = 4;

    private final StringWriter out = new StringWriter();
    private long nanos;

    /** Where a training is said to be. */
    private static final class Progress implements TrainingCallback.Progress {
        private int epoch = 1;
        private int batch;
        private BatchResult running = BatchResult.NONE;
        private final List<History.Epoch> results = new ArrayList<>();

        void batchDone() {
            batch++;
            running = running.plus(new BatchResult(25_000, 50_000, 40_000, 64_000, 54_000));
        }

        void epochDone() {
            results.add(new History.Epoch(epoch, (long) epoch * BATCHES, 0.001, running,
                    Optional.of(new BatchResult(10, 100, 90, 100, 90))));
        }

        void nextEpoch() {
            epoch++;
            batch = 0;
            running = BatchResult.NONE;
        }

        @Override
        public int epoch() {
            return epoch;
        }

        @Override
        public int epochs() {
            return EPOCHS;
        }

        @Override
        public int batch() {
            return batch;
        }

        @Override
        public int batches() {
            return BATCHES;
        }

        @Override
        public long steps() {
            return (epoch - 1L) * BATCHES + batch;
        }

        @Override
        public BatchResult lastBatch() {
            return BatchResult.NONE;
        }

        @Override
        public BatchResult running() {
            return running;
        }

        @Override
        public double learningRate() {
            return 0.001;
        }

        @Override
        public History history() {
            return new History(results);
        }

        @Override
        public boolean hasValidation() {
            return true;
        }

        @Override
        public Graph model() {
            throw new UnsupportedOperationException("there is no model");
        }

        @Override
        public boolean isComplete() {
            return results.size() == EPOCHS;
        }

        @Override
        public void stop() {
            throw new UnsupportedOperationException("it goes on");
        }
    }

    private void run(TrainingDisplay display, Progress progress, int batches, long seconds) {
        for (int i = 0; i < batches; i++) {
            nanos += TimeUnit.SECONDS.toNanos(seconds);
            progress.batchDone();
            display.onBatch(progress);
        }
    }

    private TrainingDisplay lines() {
        return new TrainingDisplay(new PrintWriter(out), null, () -> nanos);
    }

    @Test
    void whereThereIsNoTerminalEachEpochHasALine() {
        Progress progress = new Progress();
        try (TrainingDisplay display = lines()) {
            display.onBegin(progress);
            run(display, progress, BATCHES, 1);
            progress.epochDone();
            nanos += TimeUnit.SECONDS.toNanos(3);
            display.onEpoch(progress);
            progress.nextEpoch();
            run(display, progress, BATCHES, 2);
            progress.epochDone();
            display.onEpoch(progress);
        }
        assertEquals(List.of(
                "epoch 1/3: loss 0.5000, accuracy 80.00 %, val_loss 0.1000, val_accuracy 90.00 %, 50,000 tokens/s",
                "epoch 2/3: loss 0.5000, accuracy 80.00 %, val_loss 0.1000, val_accuracy 90.00 %, 25,000 tokens/s"),
                out.toString().lines().toList());
    }

    @Test
    void aLongEpochHasALineNowAndThenWithTheTimeThatIsLeft() {
        Progress progress = new Progress();
        try (TrainingDisplay display = lines()) {
            display.onBegin(progress);
            run(display, progress, 3, 25);
        }
        // A batch takes 25 s; after two of twelve, ten are left.
        assertEquals(List.of(
                "epoch 1/3, 2 of 4 batches: loss 0.5000, accuracy 80.00 %, 2,000 tokens/s, 0:04:10 left"),
                out.toString().lines().toList());
    }

    @Test
    void aTrainingThatGoesOnCountsFromThere() {
        Progress progress = new Progress();
        run(lines(), progress, BATCHES, 1);
        progress.epochDone();
        progress.nextEpoch();
        progress.batchDone();
        out.getBuffer().setLength(0);
        try (TrainingDisplay display = lines()) {
            display.onBegin(progress);
            run(display, progress, 1, 40);
        }
        // Of twelve batches five were there, and one has taken 40 s.
        assertEquals(List.of("continuing in epoch 2/3 after 1 of 4 batches",
                "epoch 2/3, 2 of 4 batches: loss 0.5000, accuracy 80.00 %, 1,250 tokens/s, 0:04:00 left"),
                out.toString().lines().toList());
    }

    @Test
    void aTrainingWithNothingLeftIsSaidToBeComplete() {
        Progress progress = new Progress();
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            progress.epochDone();
            progress.nextEpoch();
        }
        try (TrainingDisplay display = new TrainingDisplay(new PrintWriter(out), null, () -> nanos)) {
            display.onBegin(progress);
        }
        assertEquals(List.of("the training is complete, after 3 epochs"), out.toString().lines().toList());
    }

    /** Keeps what a bar shows. */
    private static final class Shown implements ProgressBarConsumer {
        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

        @Override
        public int getMaxRenderedLength() {
            return 160;
        }

        @Override
        public void accept(String text) {
            texts.add(text);
        }

        @Override
        public void close() {
            texts.add("closed");
        }
    }

    @Test
    void aBarShowsTheSame() throws InterruptedException {
        Shown shown = new Shown();
        Progress progress = new Progress();
        try (TrainingDisplay display = new TrainingDisplay(new PrintWriter(out),
                () -> new ProgressBarBuilder().setConsumer(shown), () -> nanos)) {
            display.onBegin(progress);
            run(display, progress, 2, 25);
            // The bar is drawn by a thread of its own, now and then, while its parts change.
            List<String> parts = List.of("epoch 1/3", "50%", "2/4", "0:04:10",
                    "loss 0.500 acc 80.0% 2k tok/s");
            String text;
            do {
                text = shown.texts.poll(30, TimeUnit.SECONDS);
                assertTrue(text != null, "the bar is not drawn with " + parts);
            } while (!parts.stream().allMatch(text::contains));
            run(display, progress, 2, 25);
            progress.epochDone();
            display.onEpoch(progress);
            assertTrue(shown.texts.contains("closed"), shown.texts.toString());
        }
        assertEquals(
                List.of("epoch 1/3: loss 0.5000, accuracy 80.00 %, val_loss 0.1000, val_accuracy 90.00 %, 2,000"
                        + " tokens/s"),
                out.toString().lines().toList());
    }
}
