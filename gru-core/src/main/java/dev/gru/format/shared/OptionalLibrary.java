package dev.gru.format.shared;

import dev.gru.internal.Printable;

/** A library that only some file formats need, so that only their users have to have it. */
public enum OptionalLibrary {
    /** Reads HDF5. */
    JHDF("io.jhdf:jhdf", "io.jhdf"),
    /** The classes of ONNX's file format. */
    TRIBUO_ONNX("org.tribuo:tribuo-util-onnx", "org.tribuo.util.onnx");

    private final String coordinates;
    private final String module;

    OptionalLibrary(String coordinates, String module) {
        this.coordinates = coordinates;
        this.module = module;
    }

    /**
     * Returns the exception for a user who has not got the library.
     *
     * @param task what was being done, as the subject of a sentence
     * @param cause names the class that was not found
     */
    public IllegalStateException missing(String task, NoClassDefFoundError cause) {
        // The class may also be one of another library that this one needs, so the message names it as well.
        return new IllegalStateException(task + " needs the library " + coordinates
                + " with its dependencies: add it to the class path, or to the module path with --add-modules " + module
                + " (not found: " + Printable.of(cause).replace('/', '.') + ")", cause);
    }
}
