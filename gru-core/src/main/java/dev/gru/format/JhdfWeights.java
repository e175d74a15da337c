package dev.gru.format;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.FloatingPoint;

/**
 * The arrays of an HDF5 file; the only class that uses the HDF5 library.
 *
 * <p>The file is in memory, and the library takes views of it, so a damaged size leads to an exception and not to a
 * large allocation. Links are not followed: they could lead to other files.
 */
final class JhdfWeights implements WeightStore {
    private final String where;
    private final int length;
    private final Group root;

    /**
     * Opens a file.
     *
     * @param where names the file, for messages
     * @param content all of it
     * @throws ModelFormatException if it is not an HDF5 file or is damaged
     */
    JhdfWeights(String where, byte[] content) throws ModelFormatException {
        this.where = where;
        length = content.length;
        Optional<String> objection = Hdf5Shape.objection(content);
        if (objection.isPresent()) {
            throw new ModelFormatException(where + ": " + objection.get());
        }
        root = guard("", () -> HdfFile.fromBytes(content));
    }

    @Override
    public int count(String path) throws ModelFormatException {
        Group group = group(path);
        return guard(path, () -> group.getChildren().size());
    }

    @Override
    public float[] read(String path, long... dimensions) throws ModelFormatException {
        int slash = path.lastIndexOf('/');
        Node node = child(group(path.substring(0, slash)), path, path.substring(slash + 1));
        if (!(node instanceof ContiguousDataset dataset)) {
            throw error(path, "is not a plain array (contiguous, not compressed), the way Keras stores weights");
        }
        String expected = Arrays.toString(dimensions);
        int[] found = guard(path, dataset::getDimensions);
        if (!Arrays.equals(dimensions, Arrays.stream(found).asLongStream().toArray())) {
            throw error(path, "has the shape " + Arrays.toString(found) + ", but the configuration asks for "
                    + expected);
        }
        FloatingPoint type = requireFloat32(path, dataset);
        // The shape is that of the array in the file by now, but nothing has said yet that the file is long enough.
        long elements = 1;
        for (long dimension : dimensions) {
            elements *= dimension;
            if (elements > length / Float.BYTES) {
                throw error(path, "has the shape " + expected + ", which is larger than the file");
            }
        }
        int count = (int) elements;
        return guard(path, () -> {
            ByteBuffer buffer = dataset.getBuffer().order(type.getByteOrder());
            float[] values = new float[count];
            buffer.asFloatBuffer().get(values);
            return values;
        });
    }

    private FloatingPoint requireFloat32(String path, Dataset dataset) throws ModelFormatException {
        if (guard(path, dataset::getDataType) instanceof FloatingPoint type && type.getSize() == Float.BYTES
                && type.getBitOffset() == 0 && type.getBitPrecision() == 32 && type.getSignLocation() == 31
                && type.getExponentLocation() == 23 && type.getExponentSize() == 8 && type.getExponentBias() == 127
                && type.getMantissaLocation() == 0 && type.getMantissaSize() == 23) {
            return type;
        }
        throw error(path, "is not of type float32");
    }

    private Group group(String path) throws ModelFormatException {
        Group group = root;
        for (String name : path.split("/", -1)) {
            if (!(child(group, path, name) instanceof Group next)) {
                throw error(path, "is not a group");
            }
            group = next;
        }
        return group;
    }

    private Node child(Group group, String path, String name) throws ModelFormatException {
        Node child = guard(path, () -> group.getChild(name));
        if (child == null) {
            throw error(path, "is not there");
        }
        if (child.isLink()) {
            throw error(path, "is a link, which is not supported");
        }
        return child;
    }

    private ModelFormatException error(String path, String problem) {
        return new ModelFormatException(where + ": " + path + ": " + problem);
    }

    /** On a damaged file the library may throw nearly anything, or call itself until the stack is full. */
    private <T> T guard(String path, Supplier<T> work) throws ModelFormatException {
        try {
            return work.get();
        } catch (RuntimeException | StackOverflowError e) {
            Throwable first = e;
            while (first.getCause() != null) {
                first = first.getCause();
            }
            throw new ModelFormatException(where + ": " + (path.isEmpty() ? "" : path + ": ")
                    + "is not readable HDF5, or is damaged: " + Printable.of(first), e);
        }
    }
}
