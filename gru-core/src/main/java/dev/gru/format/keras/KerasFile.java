package dev.gru.format.keras;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.KerasReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.hdf5.JhdfWeights;
import dev.gru.format.hdf5.Walk;
import dev.gru.format.hdf5.WeightStore;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.json.Json;
import dev.gru.format.keras.forms.ShortForm;
import dev.gru.format.keras.variables.LegacyVariables;
import dev.gru.format.keras.variables.SavedVariables;
import dev.gru.format.shared.HeldFile;
import dev.gru.format.shared.OptionalLibrary;
import dev.gru.layer.Graph;

/** Reads the files that Keras writes, once they are opened: what {@link KerasReader} offers to users. */
public final class KerasFile {
    private static final String CONFIG = "config.json";
    private static final String METADATA = "metadata.json";
    private static final String WEIGHTS = "model.weights.h5";

    /** Attributes of a legacy file's outermost group. */
    private static final String LEGACY_CONFIG = "model_config";
    private static final String LEGACY_VERSION = "keras_version";

    /** What the names of options end in that say how a layer was initialised, is regularised or is kept in bounds. */
    private static final List<String> UNUSED_SUFFIXES = List.of("_initializer", "_regularizer", "_constraint");
    /** What training needs. */
    private static final Set<String> UNUSED = Set.of("compile_config", "optimizer_config", "training_config");

    private KerasFile() {
    }

    /**
     * Reads a {@code .keras} or legacy {@code .h5} file; its content says which of them it is.
     *
     * @throws ModelFormatException if it is damaged or holds something that is not supported
     * @throws IllegalStateException if the HDF5 library is missing; the message gives its Maven coordinates
     */
    public static Graph read(HeldFile file) throws IOException {
        return Walk.isHdf5(start(file)) ? readLegacy(file.where(), file.readAll()) : readArchive(file);
    }

    private static byte[] start(HeldFile file) throws IOException {
        if (file.size() == 0) {
            throw file.error("is empty");
        }
        return file.bytes(0, Long.BYTES);
    }

    private static Graph readArchive(HeldFile file) throws IOException {
        try (Archive archive = new Archive(file)) {
            String prefix = file.where() + ": ";
            ConfigObject metadata = json(prefix + METADATA, archive.read(METADATA));
            Dialect dialect = Dialect.of(metadata.where(), metadata.string("keras_version"), false);
            ConfigObject config = json(prefix + CONFIG, archive.read(CONFIG));
            String where = prefix + WEIGHTS;
            WeightStore store = open(file.where(), where, archive.read(WEIGHTS));
            return new Model(file.where(), dialect, new SavedVariables(where, store)).build(config);
        }
    }

    private static Graph readLegacy(String printable, byte[] content) throws ModelFormatException {
        WeightStore store = open(printable, printable, content);
        byte[] version = store.text("", LEGACY_VERSION);
        byte[] config = store.text("", LEGACY_CONFIG);
        if (version == null || config == null) {
            throw new ModelFormatException(printable + ": has no attribute "
                    + (config == null ? LEGACY_CONFIG : LEGACY_VERSION)
                    + "; a file of weights alone is read into a model made in code, or with its architecture as JSON, "
                    + "by KerasReader.readWeights");
        }
        Dialect dialect = Dialect.of(printable, new String(version, StandardCharsets.UTF_8), true);
        return new Model(printable, dialect, new LegacyVariables(printable, store, LegacyVariables.WEIGHTS))
                .build(json(printable + ": " + LEGACY_CONFIG, config));
    }

    /**
     * Reads a {@code .weights.h5} file into a model that was made in code.
     *
     * @param architecture the model, with weights of the shapes that the file has; their values are not looked at
     * @throws ModelFormatException if the file is damaged, or has other layers or shapes than the model
     * @throws IllegalArgumentException if the model has a recurrence that Keras does not have
     * @throws IllegalStateException if the HDF5 library is missing; the message gives its Maven coordinates
     */
    public static Graph readWeights(HeldFile file, Graph architecture) throws IOException {
        start(file);
        WeightStore store = open(file.where(), file.where(), file.readAll());
        return new Architecture(file.where(), store).withWeights(architecture);
    }

    /**
     * Reads a file of weights alone into a model whose architecture is in another file.
     *
     * @param file the weights, in either of the forms in which Keras saves them
     * @param architecture what {@code model.to_json()} returns, or the short form
     * @throws ModelFormatException if one of them is damaged or holds something that is not supported, or they do not
     *     belong together
     * @throws IllegalStateException if the HDF5 library is missing; the message gives its Maven coordinates
     */
    public static Graph readWeights(HeldFile file, HeldFile architecture) throws IOException {
        byte[] content = architecture.readAll();
        start(file);
        WeightStore store = open(file.where(), file.where(), file.readAll());
        String where = architecture.where();
        ConfigObject config = isJson(content)
                ? json(where, content)
                : new ConfigObject(where, ShortForm.read(where, new String(content, StandardCharsets.UTF_8)));
        boolean legacy = Architecture.isLegacy(store);
        byte[] saved = legacy ? store.text("", LEGACY_VERSION) : null;
        boolean modules = config.get("module") != null;
        Dialect dialect;
        if (config.get(LEGACY_VERSION) != null) {
            dialect = Dialect.of(where, config.string(LEGACY_VERSION), !modules);
        } else if (saved != null) {
            dialect = Dialect.of(file.where(), new String(saved, StandardCharsets.UTF_8), !modules);
        } else {
            dialect = modules ? Dialect.ofKeras3() : Dialect.OF_SHORT_FORM;
        }
        if (legacy) {
            LegacyVariables variables = new LegacyVariables(file.where(), store, "");
            boolean named = names(config).containsAll(variables.layersWithVariables());
            return new Model(where, dialect, named ? variables : variables.inOrder()).build(config);
        }
        SavedVariables variables = new SavedVariables(file.where(), store);
        variables.requireLayers();
        return new Model(where, dialect, variables).build(config);
    }

    /** Returns the names of all layers of a model. */
    private static Set<String> names(ConfigObject model) {
        Object config = model.get("config");
        Object layers = config instanceof Map<?, ?> map ? map.get("layers") : config;
        Set<String> names = new HashSet<>();
        if (layers instanceof List<?> list) {
            for (Object layer : list) {
                if (layer instanceof Map<?, ?> object && object.get("config") instanceof Map<?, ?> own
                        && own.get("name") instanceof String name) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static boolean isJson(byte[] content) {
        int at = 0;
        while (at < content.length && Character.isWhitespace(content[at])) {
            at++;
        }
        return at < content.length && content[at] == '{';
    }

    private static WeightStore open(String printable, String where, byte[] content) throws ModelFormatException {
        try {
            return new JhdfWeights(where, content);
        } catch (NoClassDefFoundError e) {
            throw OptionalLibrary.JHDF.missing("reading " + printable, e);
        }
    }

    private static ConfigObject json(String where, byte[] document) throws ModelFormatException {
        return new ConfigObject(where, Json.parsePython(where, document, KerasFile::isUnused));
    }

    /** Such values may be as large as weights: a constant that a table began as. */
    private static boolean isUnused(String name) {
        return UNUSED.contains(name) || UNUSED_SUFFIXES.stream().anyMatch(name::endsWith);
    }
}
