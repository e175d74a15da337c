package dev.gru.train;

import java.util.Objects;
import java.util.stream.IntStream;

import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.train.math.BatchSlice;
import dev.gru.train.math.FiniteFloats;
import dev.gru.train.math.TargetValues;
import dev.gru.train.math.TrainableModel;

/**
 * A whole data set: each row a sequence and the outputs that a model should have for it.
 *
 * <p>Immutable, but arrays are not copied: whoever passes one must not change it while it is in use. Whether it fits a
 * model is checked when it is given to a {@link Trainer}.
 *
 * @param input the inputs of all rows, in the form of one batch
 * @param targets the wanted outputs
 */
public record TrainingData(ModelInput input, Targets targets) {
    /** Checks that nothing is null. */
    public TrainingData {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(targets, "targets");
    }

    /** Returns the number of rows. */
    public int rows() {
        return input.batch();
    }

    /** Returns the data of some rows, those from one index in {@code rows} to below another. */
    TrainingData rows(int[] rows, int from, int to) {
        BatchSlice slice = BatchSlice.ofRows(input.batch(), rows, from, to);
        return new TrainingData(slice.of(input), targets.slice(slice));
    }

    /** Returns sizes and a checksum. */
    String fingerprint() {
        Fingerprint fingerprint = new Fingerprint();
        for (int i = 0; i < input.inputs(); i++) {
            fingerprint.add(input.batch(), input.steps(i));
            fingerprint.add(input.tokens(i));
            fingerprint.add(input.features(i));
        }
        fingerprint.add(input.lengths());
        if (input.initialStates() != null) {
            input.initialStates().forEach(fingerprint::add);
        }
        targets.fingerprint(fingerprint);
        return input.batch() + " rows of " + input.steps() + " steps, checksum " + fingerprint.value();
    }

    /**
     * Checks that a model can be trained with this.
     *
     * @throws IllegalArgumentException if it cannot
     */
    void requireFits(Graph model, Loss loss) {
        input.requireFits(model);
        TrainableModel.requireStates(model, input);
        for (int i = 0; i < input.inputs(); i++) {
            FiniteFloats.require(i == 0 ? "features" : "features of input " + i, input.features(i));
        }
        for (int i = 0; input.initialStates() != null && i < input.initialStates().size(); i++) {
            FiniteFloats.require("initialStates[" + i + "]", input.initialStates().get(i));
        }
        loss.arithmetic().requireFits(targets.arrays(), model, input.batch(),
                IntStream.range(0, input.inputs()).mapToObj(input::steps).toList());
        targets.arrays().forEach(TargetValues::requireFinite);
    }
}
