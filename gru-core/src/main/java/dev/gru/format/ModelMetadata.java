package dev.gru.format;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import dev.gru.format.safetensors.TensorFile;

/** The metadata of the library's own files, models and checkpoints: what they have under which key. */
final class ModelMetadata {
    /** The key of the architecture. */
    static final String KEY = "gru";

    /** The version that is written for chains of layers. */
    static final long VERSION = 2;

    /** The version that is written for all other graphs: it says how the layers are joined. */
    static final long GRAPH_VERSION = 3;

    /** The version before there were checksums. */
    static final long UNCHECKED_VERSION = 1;

    /** The key of the version of a checkpoint. */
    static final String CHECKPOINT = "checkpoint";

    /** The keys that notes must not have. */
    static final Set<String> RESERVED = Set.of(KEY, CHECKPOINT, TensorFile.CHECKSUMS);

    private ModelMetadata() {
    }

    /** Returns whether an opened file is a model file, though perhaps a damaged one. */
    static boolean isModel(TensorFile file) {
        return file.metadata().containsKey(KEY);
    }

    /** Returns whether an opened file is a checkpoint, though perhaps a damaged one. */
    static boolean isCheckpoint(TensorFile file) {
        return file.metadata().containsKey(CHECKPOINT);
    }

    /** Returns the notes of an opened file. */
    static Map<String, String> notes(TensorFile file) {
        Map<String, String> notes = new LinkedHashMap<>(file.metadata());
        notes.keySet().removeAll(RESERVED);
        return notes;
    }
}
