package dev.gru.format.pytorch;

import java.io.IOException;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Shape;

/** The types of modules and functions that an architecture may have. */
final class ModuleType {
    private ModuleType() {
    }

    /** Returns what is said of a first layer that takes anything. */
    static ModelFormatException noInput(Fields fields) {
        return fields.error("is the first layer and does not say what it takes, so the architecture must have"
                + " \"inputs\", such as {\"x\": [\"batch\", \"steps\", 5]}");
    }

    static boolean isKnown(String type) {
        return WeightedModules.types().contains(type) || PlainModules.types().contains(type)
                || Activations.types().contains(type);
    }

    /**
     * Returns the layers that a module or function is, first to last.
     *
     * @param type one that is known
     * @param name what the layers are called
     * @param input the shape of its first input, or null if the module itself has to say it
     */
    static List<Layer> layers(String type, String name, Fields fields, StateDict.Module module, Shape input)
            throws IOException {
        if (WeightedModules.types().contains(type)) {
            return WeightedModules.make(type, name, fields, module);
        }
        if (input == null) {
            throw noInput(fields);
        }
        return PlainModules.types().contains(type)
                ? PlainModules.make(type, name, fields, input)
                : List.of(new ActivationLayer(name, Activations.make(type, fields)));
    }
}
