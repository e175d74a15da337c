package dev.gru.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.gru.layer.Tensor;

/**
 * An implementation that runs whole ONNX files, on one thread; found with {@link java.util.ServiceLoader}. This
 * library is the one that it is compared with.
 */
public interface ModelContender {

    /** Returns the name of the library with its version. */
    String version();

    /**
     * Opens a file.
     *
     * @param file an ONNX file
     * @throws IOException if it does not run here; the message says why
     */
    OpenedModel open(Path file) throws IOException;

    /** A model that has been opened. For use by one thread. */
    interface OpenedModel extends AutoCloseable {

        /** Returns the dimensions of its inputs by name, −1 for those that a run decides. */
        Map<String, List<Long>> inputs();

        /**
         * Prepares runs on some inputs.
         *
         * @param inputs arrays by name
         * @throws IOException if the model does not take them; the message says why
         */
        PreparedModel prepare(Map<String, Tensor> inputs) throws IOException;

        @Override
        void close();
    }

    /** A model with its inputs. For use by one thread. */
    interface PreparedModel extends AutoCloseable {

        /** Runs the model; this is measured. */
        void run();

        /** Returns copies of the outputs of floats of the last run, by name. */
        Map<String, Tensor> outputs();

        @Override
        void close();
    }
}
