package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.keras.variables.Variables;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.Layer;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Normalization.UnitNormalization;
import dev.gru.layer.Regularization.Kind;
import dev.gru.layer.Regularization;
import dev.gru.layer.Scale;

/** Makes layers of Keras's that shift and scale features, and those that only training changes anything by. */
final class Normalizations {
    /** What Keras divides by at least, where a variance is 0. */
    private static final float LEAST_DEVIATION = 1e-7f;

    List<Layer> batch(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        Options.requireFeatureAxis(config, input.shape());
        Learnt learnt = learnt(config);
        int size = input.features();
        Variables.Part variables = entry.variables(count(learnt) + 2);
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < count(learnt) + 2; i++) {
            values.add(variables.read(i, size));
        }
        return List.of(new BatchNormalization(entry.name(), size, (float) config.number("epsilon"),
                (float) config.number("momentum"), learnt, values));
    }

    List<Layer> layer(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        Options.requireFeatureAxis(config, input.shape());
        Learnt learnt = learnt(config);
        int size = input.features();
        Variables.Part variables = entry.variables(count(learnt));
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < count(learnt); i++) {
            values.add(variables.read(i, size));
        }
        return List.of(new LayerNormalization(entry.name(), size, (float) config.number("epsilon"), learnt, values));
    }

    private static Learnt learnt(ConfigObject config) throws ModelFormatException {
        return Learnt.of(config.boolOr("scale", true), config.boolOr("center", true));
    }

    private static int count(Learnt learnt) {
        return (learnt.scales() ? 1 : 0) + (learnt.centers() ? 1 : 0);
    }

    List<Layer> unit(Entry entry, Flow input) throws ModelFormatException {
        Options.requireFeatureAxis(entry.config(), input.shape());
        return List.of(new UnitNormalization(entry.name()));
    }

    /** A {@code Normalization}: its mean and variance are given, or have been found by {@code adapt}. */
    List<Layer> constant(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        int size = input.features();
        boolean whole = config.get("axis") == null || List.of().equals(config.get("axis"));
        if (!whole) {
            Options.requireFeatureAxis(config, input.shape());
        }
        float[] mean;
        float[] variance;
        if (config.get("mean") != null) {
            mean = Options.numbers(config, "mean", size);
            variance = Options.numbers(config, "variance", size);
        } else {
            Variables.Part variables = entry.variables(entry.count() == 2 ? 2 : 3); // and the count of what was seen
            mean = whole ? filled(size, variables.read(0)[0]) : variables.read(0, size);
            variance = whole ? filled(size, variables.read(1)[0]) : variables.read(1, size);
        }
        float[] deviation = new float[size];
        for (int i = 0; i < size; i++) {
            deviation[i] = Math.max((float) Math.sqrt(variance[i]), LEAST_DEVIATION);
        }
        if (config.boolOr("invert", false)) {
            return List.of(new Scale(entry.name(), size, new float[size], deviation, mean));
        }
        float[] scale = new float[size];
        for (int i = 0; i < size; i++) {
            scale[i] = 1 / deviation[i];
        }
        return List.of(new Scale(entry.name(), size, mean, scale, new float[size]));
    }

    List<Layer> rescaling(Entry entry, Flow input) throws ModelFormatException {
        int size = input.features();
        return List.of(new Scale(entry.name(), size, new float[size], Options.numbers(entry.config(), "scale", size),
                Options.numbers(entry.config(), "offset", size)));
    }

    private static float[] filled(int size, float value) {
        float[] array = new float[size];
        Arrays.fill(array, value);
        return array;
    }

    /** A {@code PReLU} has a slope for each feature of each step, unless it shares them among steps or features. */
    List<Layer> prelu(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        int size = input.features();
        List<?> shared = config.get("shared_axes") == null ? List.of() : config.list("shared_axes");
        boolean sequence = input.isSequence();
        boolean ofSteps = sequence && !shared.contains(1L);
        boolean ofFeatures = !shared.contains(sequence ? 2L : 1L);
        int steps = ofSteps ? input.requireSteps(config) : 1;
        int features = ofFeatures ? size : 1;
        Variables.Part variables = entry.variables(1);
        float[] slope = sequence ? variables.read(0, steps, features) : variables.read(0, features);
        if (!ofFeatures) {
            float[] each = new float[Math.multiplyExact(steps, size)];
            for (int i = 0; i < each.length; i++) {
                each[i] = slope[i / size];
            }
            slope = each;
        }
        return List.of(new PReLU(entry.name(), steps, size, slope));
    }

    /** A layer that is the identity when a model runs. */
    List<Layer> noise(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        return List.of(switch (entry.className()) {
            case "SpatialDropout1D" -> {
                input.requireSequence(config);
                yield new Regularization(entry.name(), Kind.SPATIAL_DROPOUT1D, number(config, "rate"), 0);
            }
            case "GaussianNoise" -> new Regularization(entry.name(), Kind.GAUSSIAN_NOISE, number(config, "stddev"), 0);
            case "GaussianDropout" ->
                new Regularization(entry.name(), Kind.GAUSSIAN_DROPOUT, number(config, "rate"), 0);
            case "AlphaDropout" -> new Regularization(entry.name(), Kind.ALPHA_DROPOUT, number(config, "rate"), 0);
            default -> new Regularization(entry.name(), Kind.ACTIVITY_REGULARIZATION, number(config, "l1"),
                    number(config, "l2"));
        });
    }

    private static float number(ConfigObject config, String key) throws ModelFormatException {
        return (float) config.number(key);
    }
}
