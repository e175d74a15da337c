package dev.gru.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Sequential;

/** Stands in for the network of floats: the reference, rounded. */
public final class Backpropagation implements AutoCloseable {
    private final Sequential model;
    private final ScalarBackpropagation scalar;
    private final Parameters parameters;
    private final Gradients gradients;
    private final List<TrainedArray> arrays = new ArrayList<>();
    private final ThreadTeam team;

    Backpropagation(Sequential model, GruKernel kernel, int threads) {
        this.model = model;
        scalar = new ScalarBackpropagation(model);
        parameters = Parameters.of(model);
        gradients = new Gradients(parameters);
        team = threads == 1 ? null : new ThreadTeam(threads);
        for (String name : parameters.names()) {
            arrays.add(new TrainedArray(name, floats(parameters.get(name)),
                    name.endsWith(Parameters.TABLE) ? parameters.shape(name).getLast() : 0));
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    BatchResult lossAndGradients(TrainingInput input, Targets targets, Loss loss, long dropoutSeed) {
        gradients.clear();
        double mean = scalar.lossAndGradients(parameters, input, loss, targets, new Random(dropoutSeed), gradients);
        for (TrainedArray array : arrays) {
            System.arraycopy(floats(gradients.get(array.name())), 0, array.gradient(), 0, array.values().length);
            for (int i = 0; i < array.gradient().length; i++) {
                gradients.get(array.name())[i] = array.gradient()[i];
            }
            if (array.isTable()) {
                array.touchedRows = gradients.touchedRows(array.name());
            }
        }
        return result(mean, input, targets);
    }

    BatchResult loss(TrainingInput input, Targets targets, Loss loss) {
        return result(scalar.lossAndGradients(parameters, input, loss, targets, new RandomGenerator() {
            @Override
            public long nextLong() {
                return -1;
            }
        }, new Gradients(parameters)), input, targets);
    }

    private BatchResult result(double mean, TrainingInput input, Targets targets) {
        double[] y = scalar.forward(parameters, input);
        int size = model.outputSize();
        long counted = 0;
        long correct = 0;
        long all = 0;
        for (int step = 0; step < y.length / size; step++) {
            int best = 0;
            int label = 0;
            for (int i = 0; i < size; i++) {
                best = y[step * size + i] > y[step * size + best] ? i : best;
                label = targets.value(step, i, size) > targets.value(step, label, size) ? i : label;
            }
            counted += targets.counts(step) ? 1 : 0;
            correct += targets.counts(step) && best == label ? 1 : 0;
            all += best == label ? 1 : 0;
        }
        return new BatchResult(mean * counted, counted, correct, y.length / size, all);
    }

    List<TrainedArray> arrays() {
        return arrays;
    }

    void weightsChanged() {
        for (TrainedArray array : arrays) {
            double[] to = parameters.get(array.name());
            for (int i = 0; i < to.length; i++) {
                to[i] = array.values()[i];
            }
        }
    }

    Parameters parameters() {
        return Parameters.of(toModel());
    }

    Gradients gradients() {
        return gradients;
    }

    Sequential toModel() {
        return parameters.toModel(model);
    }

    ThreadTeam team() {
        return team;
    }

    @Override
    public void close() {
        if (team != null) {
            team.close();
        }
    }
}
