package dev.gru.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;

import dev.gru.format.file.FileReplacement;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.safetensors.DType;
import dev.gru.format.safetensors.StoredTensor;
import dev.gru.format.safetensors.TensorFile;
import dev.gru.format.safetensors.TensorFileWriter;
import dev.gru.format.shared.HeldFile;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.layer.Tensor;
import dev.gru.weights.Precision;

/**
 * Where a training keeps what it needs to go on: a file that is replaced again and again, and the one before it.
 *
 * <p>A checkpoint is a safetensors file with a model as a {@link ModelFile} has it, in full precision, more arrays,
 * F32, whose names begin with {@code checkpoint/}, and notes in the metadata, among them the version of the format
 * under the key {@code checkpoint}. It has checksums: a file that was cut off, or changed in any bit, is refused.
 *
 * <p>A checkpoint is written beside the file first, forced to the disk, and then takes its place, while the one that
 * was there stays under the name {@link #previous}. So whenever a machine stops, a whole one is there, if there ever
 * was one.
 *
 * <p>Files need not be trusted, though whoever can write one can make checksums too. For one training and one thread at
 * a time; others may read meanwhile.
 */
public final class CheckpointFile {
    private static final String VERSION = "2";
    private static final String PREFIX = "checkpoint/";

    /** Of version 1, which is still read: four bytes at its end are the CRC-32C of all before them. */
    private static final String WHOLE_CHECKSUM_VERSION = "1";
    private static final String WHOLE_CHECKSUM = PREFIX + "checksum";
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final Path previous;

    /**
     * What is in a checkpoint.
     *
     * @param file where it was read from, or, of one that is written, where it is to be
     * @param model the model
     * @param arrays more arrays, of floats, by name
     * @param notes more text, by key
     */
    public record Content(Path file, Graph model, Map<String, Tensor> arrays, Map<String, String> notes) {
        /** Checks that nothing is null. */
        public Content {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(model, "model");
            Objects.requireNonNull(arrays, "arrays");
            Objects.requireNonNull(notes, "notes");
        }

        /** Returns an exception that names the file. */
        public ModelFormatException error(String problem) {
            return new ModelFormatException(Printable.path(file.toString()) + ": " + problem);
        }
    }

    /**
     * Takes the place of the file, which need not be there yet.
     *
     * @throws IllegalArgumentException if it is not the name of a file
     */
    public CheckpointFile(Path file) {
        if (file.getFileName() == null) {
            throw new IllegalArgumentException("file must have a name, was " + file);
        }
        this.file = file;
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        int end = dot > 0 ? dot : name.length();
        previous = file.resolveSibling(name.substring(0, end) + ".previous" + name.substring(end));
    }

    /** Returns where the newest checkpoint is. */
    public Path file() {
        return file;
    }

    /** Returns where the one before it is: {@code x.previous.safetensors} beside {@code x.safetensors}. */
    public Path previous() {
        return previous;
    }

    /**
     * Writes a checkpoint. If that fails, or is broken off, those that are there stay.
     *
     * @param content what to write
     * @throws IllegalArgumentException if two arrays or notes have the same name as something else in the file, or an
     *     array is not of floats
     * @throws IOException if it cannot be written
     */
    public void write(Content content) throws IOException {
        TensorFileWriter tensors = ModelFile.collect(content.model(), content.notes(), Precision.FP32);
        content.arrays().forEach((name, array) -> tensors.add(PREFIX + name, array.floats(), array.shape()));
        FileReplacement.ChannelContent whole = tensors.metadata(ModelMetadata.CHECKPOINT, VERSION).withChecksums()
                .content(file);
        FileReplacement.writeByChannel(file, channel -> {
            whole.writeTo(channel);
            // Before the one that is there loses its place.
            channel.force(true);
            keep(FileReplacement.realPath(file));
        });
    }

    /** Gives the checkpoint that is there another name. */
    private void keep(Path newest) throws IOException {
        // A damaged one must not take the place of a whole one.
        if (!Files.exists(newest) || damage(newest) != null) {
            return;
        }
        try {
            // By a second name, so that the first one stands for a whole file at every moment.
            Files.deleteIfExists(previous);
            Files.createLink(previous, newest);
        } catch (IOException | UnsupportedOperationException e) {
            Files.move(newest, previous, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Reads the newest checkpoint that is whole. That the newest one is not is logged, and the one before it is read.
     *
     * @throws ModelFormatException if none is whole, or the newest whole one is of a version that is not known
     * @throws IOException if none is there, or one cannot be read
     */
    public Content read() throws IOException {
        ModelFormatException damage;
        try {
            return read(file);
        } catch (NoSuchFileException missing) {
            if (Files.exists(previous)) {
                return read(previous);
            }
            throw new NoSuchFileException(file.toString(), null, "there is no checkpoint");
        } catch (ModelFormatException e) {
            damage = e;
        }
        if (!Files.exists(previous) || damage(file) == null) {
            throw damage;
        }
        try {
            Content content = read(previous);
            System.getLogger("dev.gru").log(System.Logger.Level.WARNING,
                    damage.getMessage() + "; the one before it, " + Printable.path(previous.toString()) + ", is whole");
            return content;
        } catch (ModelFormatException e) {
            damage.addSuppressed(e);
            throw damage;
        }
    }

    /**
     * Reads the checkpoint of one file.
     *
     * @throws ModelFormatException if it is damaged, is no checkpoint, or is of a version that is not known
     * @throws IOException if it is not there or cannot be read
     */
    static Content read(Path file) throws IOException {
        return HeldFile.read(file, held -> read(file, held));
    }

    private static Content read(Path file, HeldFile held) throws IOException {
        TensorFile tensors = TensorFile.open(held);
        if (!ModelMetadata.isCheckpoint(tensors)) {
            throw tensors.error("is not a checkpoint");
        }
        requireChecksums(held, tensors);
        String version = tensors.metadata().get(ModelMetadata.CHECKPOINT);
        if (!VERSION.equals(version) && !WHOLE_CHECKSUM_VERSION.equals(version)) {
            throw tensors.error("is a checkpoint of version " + Printable.of(version)
                    + ", which is not supported, only " + WHOLE_CHECKSUM_VERSION + " and " + VERSION
                    + "; a newer release of the library may read it");
        }
        if (!ModelMetadata.isModel(tensors)) {
            throw tensors.error("has no architecture");
        }
        ModelFileReader model = new ModelFileReader(tensors);
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        for (StoredTensor tensor : tensors.tensors().values()) {
            if (!tensor.name().startsWith(PREFIX)) {
                continue;
            }
            model.leaving(tensor.name());
            if (tensor.name().equals(WHOLE_CHECKSUM)) {
                continue;
            }
            if (tensor.dtype() != DType.F32) {
                throw tensor.error("is of type " + tensor.dtype() + ", but must be F32");
            }
            arrays.put(tensor.name().substring(PREFIX.length()), Tensor.of(tensor.floats(), tensor.shape()));
        }
        return new Content(file, model.read(), arrays, ModelMetadata.notes(tensors));
    }

    /** Checks that reading the tensors shows damage, or, of version 1, that there is none. */
    private static void requireChecksums(HeldFile held, TensorFile tensors) throws IOException {
        if (WHOLE_CHECKSUM_VERSION.equals(tensors.metadata().get(ModelMetadata.CHECKPOINT))) {
            requireWhole(held);
        } else if (!tensors.hasChecksums()) {
            throw tensors.error("has no checksums");
        }
    }

    private static void requireWhole(HeldFile held) throws IOException {
        long end = Math.max(0, held.size() - Integer.BYTES);
        CRC32C actual = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        for (long at = 0; at < end; at += buffer.limit()) {
            held.readFully(at, buffer.clear().limit((int) Math.min(BUFFER_BYTES, end - at)));
            actual.update(buffer.flip());
        }
        int expected = ByteBuffer.wrap(held.bytes(end, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (expected != (int) actual.getValue()) {
            throw held.error("is cut off or damaged: its checksum is %08x, that of its bytes %08x".formatted(expected,
                    (int) actual.getValue()));
        }
    }

    /** Returns what is wrong with the bytes of a file, or null if they are whole. */
    private static ModelFormatException damage(Path file) throws IOException {
        try {
            return HeldFile.read(file, held -> {
                TensorFile tensors = TensorFile.open(held);
                requireChecksums(held, tensors);
                for (StoredTensor tensor : tensors.tensors().values()) {
                    tensor.verify();
                }
                return null;
            });
        } catch (ModelFormatException e) {
            return e;
        }
    }

    @Override
    public String toString() {
        return "CheckpointFile[" + file + "]";
    }
}
