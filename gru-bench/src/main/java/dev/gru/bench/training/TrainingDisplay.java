package dev.gru.bench.training;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import dev.gru.train.BatchResult;
import dev.gru.train.History;
import dev.gru.train.TrainingCallback;

/**
 * Shows the progress of a training: a line after each epoch, and within an epoch a progress bar, or without a terminal
 * a line every half minute. Both have the loss, the accuracy over the steps that are not masked, tokens per second, and
 * the time left until the end of the last epoch.
 *
 * <p>For the thread of one training.
 */
public final class TrainingDisplay implements TrainingCallback, AutoCloseable {
    private static final long NANOS_BETWEEN_LINES = Duration.ofSeconds(30).toNanos();

    private final PrintWriter out;
    private final Supplier<ProgressBarBuilder> bars;
    private final LongSupplier nanoTime;

    private ProgressBar bar;
    /** When the training began or was resumed, by this process. */
    private long begin;
    /** Batches since then. */
    private long batches;
    private long epochBegin;
    /** Tokens of the epoch before the training was resumed. */
    private long tokensBefore;
    private double tokensPerSecond;
    private long lastLine;
    private volatile Duration left = Duration.ZERO;

    /**
     * Creates a display.
     *
     * @param out the destination of lines
     * @param bars creates progress bars, or null for lines instead
     * @param nanoTime as {@link System#nanoTime}
     */
    TrainingDisplay(PrintWriter out, Supplier<ProgressBarBuilder> bars, LongSupplier nanoTime) {
        this.out = out;
        this.bars = bars;
        this.nanoTime = nanoTime;
    }

    /** Returns a display with a progress bar on the terminal, written to stderr. */
    public static TrainingDisplay bar(PrintWriter out) {
        return new TrainingDisplay(out, ProgressBarBuilder::new, System::nanoTime);
    }

    /** Returns a display of lines only. */
    public static TrainingDisplay lines(PrintWriter out) {
        return new TrainingDisplay(out, null, System::nanoTime);
    }

    @Override
    public void onBegin(TrainingCallback.Progress progress) {
        begin = nanoTime.getAsLong();
        beginEpoch(progress.running().counted());
        if (progress.isComplete()) {
            line("the training is complete, after " + progress.history().epochs().size() + " epochs");
        } else if (!progress.history().epochs().isEmpty() || progress.batch() > 0) {
            line("continuing in " + epoch(progress, progress.epoch()) + " after " + progress.batch() + " of "
                    + progress.batches() + " batches");
        }
    }

    private void beginEpoch(long tokens) {
        epochBegin = nanoTime.getAsLong();
        lastLine = epochBegin;
        tokensBefore = tokens;
    }

    @Override
    public void onBatch(TrainingCallback.Progress progress) {
        long now = nanoTime.getAsLong();
        batches++;
        tokensPerSecond = (progress.running().counted() - tokensBefore) * 1e9 / Math.max(1, now - epochBegin);
        long remaining = (long) (progress.epochs() - progress.epoch() + 1) * progress.batches() - progress.batch();
        left = Duration.ofNanos((long) ((double) (now - begin) / batches * remaining));
        if (bars != null) {
            if (bar == null) {
                bar = newBar(progress);
            }
            bar.setExtraMessage(shortFigures(progress.running()));
            bar.stepTo(progress.batch());
        } else if (now - lastLine >= NANOS_BETWEEN_LINES) {
            lastLine = now;
            line(epoch(progress, progress.epoch()) + ", " + progress.batch() + " of " + progress.batches()
                    + " batches: "
                    + figures("", progress.running()) + ", " + speed() + ", " + time(left) + " left");
        }
    }

    private ProgressBar newBar(TrainingCallback.Progress progress) {
        // Redrawn continuously: a bar drawn while a batch changes its parts would otherwise stay wrong until the next
        // batch.
        return bars.get().setTaskName(epoch(progress, progress.epoch())).setInitialMax(progress.batches())
                .startsFrom(progress.batch() - 1L, Duration.ZERO).setStyle(ProgressBarStyle.ASCII)
                .setEtaFunction(_ -> Optional.of(left)).setUpdateIntervalMillis(200).continuousUpdate()
                .clearDisplayOnFinish().build();
    }

    @Override
    public void onEpoch(TrainingCallback.Progress progress) {
        close();
        History.Epoch result = progress.history().epochs().getLast();
        line(epoch(progress, result.epoch()) + ": " + figures("", result.training())
                + result.validation().map(validation -> ", " + figures("val_", validation)).orElse("") + ", "
                + speed());
        beginEpoch(0);
    }

    private static String epoch(TrainingCallback.Progress progress, int number) {
        return "epoch " + number + "/" + progress.epochs();
    }

    private static String figures(String prefix, BatchResult result) {
        return String.format(Locale.ROOT, "%sloss %.4f, %saccuracy %.2f %%", prefix, result.loss(), prefix,
                100 * result.maskedAccuracy());
    }

    /** Returns the figures that fit beside a bar on 80 columns. */
    private String shortFigures(BatchResult result) {
        return String.format(Locale.ROOT, " loss %.3f acc %.1f%% %.0fk tok/s", result.loss(),
                100 * result.maskedAccuracy(), tokensPerSecond / 1000);
    }

    private String speed() {
        return String.format(Locale.ROOT, "%,.0f tokens/s", tokensPerSecond);
    }

    private static String time(Duration time) {
        return String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }

    /** Removes the progress bar, if there is one. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
