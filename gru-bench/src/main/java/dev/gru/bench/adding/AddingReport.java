package dev.gru.bench.adding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import dev.gru.bench.adding.AddingTraining.Outcome;
import dev.gru.bench.report.LineChart.Dash;
import dev.gru.bench.report.LineChart.Hue;
import dev.gru.bench.report.LineChart.Scale;
import dev.gru.bench.report.LineChart;
import dev.gru.train.History;
import dev.gru.train.Metric;

/** The results of the units as text and as a chart. */
public final class AddingReport {
    /** Norm of the gradient against the step. */
    public static final String CHART = "adding-problem-gradients.svg";

    /** The loss below which a unit has learned to add: a sixteenth of the loss of guessing. */
    private static final double LEARNED = 0.01;
    /** The loss above which it has learned nothing. */
    private static final double NOT_LEARNED = 0.1;
    /** Norms below this fraction of the largest are left out of the chart: the smallest float is 1e-45. */
    private static final double SHOWN = 1e-20;

    private final AddingTraining training;
    private final Outcome gated;
    private final Outcome plain;
    private final List<Gradients> gradients;

    /** The norms of the gradient of one model. */
    private static final class Gradients {
        final Outcome of;
        final boolean trained;
        final double[] norms;

        Gradients(AddingTraining training, Outcome of, boolean trained) {
            this.of = of;
            this.trained = trained;
            norms = training.gradientNorms(trained ? of.trained() : of.untrained());
        }

        String name() {
            return of.unit() + (trained ? ", trained" : ", untrained");
        }
    }

    /**
     * Computes the norms of the gradients of all four models.
     *
     * @param training the training of both units
     * @param gated the result of {@link RecurrentUnit#GRU}
     * @param plain the result of {@link RecurrentUnit#PLAIN}
     */
    public AddingReport(AddingTraining training, Outcome gated, Outcome plain) {
        this.training = training;
        this.gated = gated;
        this.plain = plain;
        gradients = List.of(new Gradients(training, gated, false), new Gradients(training, gated, true),
                new Gradients(training, plain, false), new Gradients(training, plain, true));
    }

    /** Returns whether the GRU has learned to add, and the plain unit has not. */
    public boolean showsTheDifference() {
        return gated.loss() < LEARNED && plain.loss() > NOT_LEARNED;
    }

    /** Returns the results as lines of text. */
    public String format() {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(Locale.ROOT, "Mean squared error on %,d fresh sequences of %d steps; guessing: %.4f%n",
                        AddingTraining.HELD_BACK, training.steps(), AddingProblem.GUESSING));
        for (Outcome outcome : List.of(gated, plain)) {
            History.Epoch best = outcome.history().best(Metric.VAL_LOSS).orElseThrow();
            text.append(String.format(Locale.ROOT, "  %-10s  %.4f  after %,d batches at the learning rate %.4f%n",
                    outcome.unit(), outcome.loss(), best.steps(), outcome.learningRate()));
        }
        text.append(String.format("%nNorm of the gradient |dL/dh_t|%n"));
        int last = training.steps() - 1;
        text.append(
                String.format(Locale.ROOT, "  %-21s  %9s  %9s  %9s  %12s%n", "", "t = 0", "t = " + training.steps() / 2,
                        "t = " + last, "first / last"));
        for (Gradients of : gradients) {
            double[] norms = of.norms;
            text.append(String.format(Locale.ROOT, "  %-21s  %9.2e  %9.2e  %9.2e  %12.2e%n", of.name(), norms[0],
                    norms[training.steps() / 2], norms[last], norms[0] / norms[last]));
        }
        text.append(String.format("%n%s%n", verdict()));
        return text.toString();
    }

    private String verdict() {
        if (gated.loss() >= LEARNED) {
            return "The GRU has not learned to add: it may need more batches.";
        }
        return showsTheDifference()
                ? "The GRU has learned to add, the plain unit has not."
                : "The plain unit has learned something, too: so few steps are not difficult.";
    }

    /**
     * Writes the chart of the gradients.
     *
     * @param folder the folder of the file {@value #CHART}; created if it does not exist
     * @throws IOException if it cannot be written
     */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        LineChart norms = new LineChart("Gradient of the loss by the state after step t", "t", "|dL/dh_t|",
                Scale.LOGARITHMIC);
        double largest = gradients.stream().flatMapToDouble(of -> Arrays.stream(of.norms)).max().orElseThrow();
        for (Gradients of : gradients) {
            double[] t = new double[of.norms.length];
            Arrays.setAll(t, i -> i);
            norms.line(of.name(), hue(of.of), of.trained ? Dash.SOLID : Dash.DASHED, t,
                    Arrays.stream(of.norms).map(norm -> norm < SHOWN * largest ? 0 : norm).toArray());
        }
        norms.write(folder.resolve(CHART));
    }

    private static Hue hue(Outcome outcome) {
        return outcome.unit() == RecurrentUnit.GRU ? Hue.BLUE : Hue.VERMILION;
    }
}
