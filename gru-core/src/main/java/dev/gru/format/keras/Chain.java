package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;

import dev.gru.format.file.ModelFormatException;

/**
 * A {@code Sequential}: each layer takes the output of the one before it.
 *
 * @param input the input layer, or null if the first layer or the model says what it takes
 * @param layers the other layers, first to last
 */
record Chain(Entry input, List<Entry> layers) implements Submodel {

    /**
     * Tells the input layer from the others.
     *
     * @param listed all layers, first to last
     */
    static Chain of(List<Entry> listed) throws ModelFormatException {
        List<Entry> layers = new ArrayList<>();
        Entry input = null;
        for (int i = 0; i < listed.size(); i++) {
            Entry entry = listed.get(i);
            if (!entry.className().equals("InputLayer")) {
                layers.add(entry);
            } else if (i == 0) {
                input = entry;
            } else {
                throw entry.config()
                        .error("is of class InputLayer and has the index " + i + "; only the first layer may be one");
            }
        }
        return new Chain(input, layers);
    }

    @Override
    public List<Entry> inputs() {
        return input == null ? List.of() : List.of(input);
    }

    @Override
    public List<Flow> apply(Applier layers, List<Flow> inputs) throws ModelFormatException {
        List<Flow> flows = inputs;
        for (int i = 0; i < this.layers.size(); i++) {
            Entry entry = this.layers.get(i);
            flows = layers.apply(new Call(entry, flows));
            if (flows.size() > 1 && i < this.layers.size() - 1) {
                throw entry.config().error("has several outputs, which only the last layer of a Sequential may have");
            }
        }
        return flows;
    }
}
