package dev.gru.format.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OpaqueDataType;
import io.jhdf.object.datatype.StringData;
import io.jhdf.object.datatype.VariableLength;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;

/**
 * The arrays of an HDF5 file; the only class that uses the HDF5 library.
 *
 * <p>The file is in memory, and the library takes views of it, so a damaged size leads to an exception and not to a
 * large allocation. Links are not followed: they could lead to other files.
 */
public final class JhdfWeights implements WeightStore {
    /** Names of weights are some dozen characters long. */
    private static final int MAX_NAME_BYTES = 1024;

    private final String where;
    private final byte[] content;
    private final Walk.Found found;
    private final Set<Long> bfloat16Objects;
    private final ChunkReader chunkReader;
    private final Heaps heaps;
    private final Group root;
    /** Where the arrays that have been read begin in the file, and where they end. */
    private final TreeMap<Long, Long> taken = new TreeMap<>();

    /**
     * Opens a file.
     *
     * @param where names the file, for messages
     * @param content all of it; taken over, not copied
     * @throws ModelFormatException if it is not an HDF5 file, is damaged, or has structures that Keras does not write
     */
    public JhdfWeights(String where, byte[] content) throws ModelFormatException {
        this.where = where;
        this.content = content;
        heaps = new Heaps(content);
        found = Walk.check(where, content);
        bfloat16Objects = hideOpaqueTypes(found.opaqueTypes());
        chunkReader = new ChunkReader(where, content);
        root = guard("", () -> HdfFile.fromBytes(content));
    }

    /**
     * The library cannot read opaque types without a tag, which h5py makes of bfloat16 (no other type of NumPy has two
     * bytes and no type of its own in HDF5). To the library they become text of two bytes: what differs is the class,
     * which is the lower half of the first byte.
     */
    private Set<Long> hideOpaqueTypes(Map<Long, Integer> untagged) {
        ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        untagged.values().removeIf(at -> file.getInt(at + 4) != Short.BYTES);
        for (int at : untagged.values()) {
            content[at] = (byte) ((content[at] & 0xF0) | StringData.CLASS_ID);
        }
        return untagged.keySet();
    }

    @Override
    public Set<String> children(String path) throws ModelFormatException {
        Group group = group(path);
        return guard(path, () -> group.getChildren().keySet());
    }

    private Dataset dataset(String path) throws ModelFormatException {
        int slash = path.lastIndexOf('/');
        Node node = child(slash < 0 ? root : group(path.substring(0, slash)), path, path.substring(slash + 1));
        if (!(node instanceof Dataset dataset)) {
            throw error(path, "is not an array");
        }
        return dataset;
    }

    @Override
    public List<Integer> shape(String path) throws ModelFormatException {
        Dataset dataset = dataset(path);
        return guard(path, () -> Arrays.stream(dataset.getDimensions()).boxed().toList());
    }

    @Override
    public boolean hasAttribute(String path, String attribute) throws ModelFormatException {
        return attribute(path, attribute) != null;
    }

    @Override
    public float[] read(String path, long... dimensions) throws ModelFormatException {
        Dataset dataset = dataset(path);
        String expected = Arrays.toString(dimensions);
        int[] shape = guard(path, dataset::getDimensions);
        if (!Arrays.equals(dimensions, Arrays.stream(shape).asLongStream().toArray())) {
            throw error(path, "has the shape " + Arrays.toString(shape) + ", but the model asks for " + expected);
        }
        FloatFormat format = format(path, dataset);
        Chunks chunks = found.chunks().get(dataset.getAddress());
        // The shape is that of the array in the file by now, but nothing has said yet that the file is long enough;
        // what is compressed may be longer.
        long room = chunks == null ? content.length : ChunkReader.bound(content.length);
        long elements = 1;
        for (long dimension : dimensions) {
            elements *= dimension;
            if (elements > room / format.bytes()) {
                throw error(path, "has the shape " + expected + ", which is larger than the file");
            }
        }
        int count = (int) elements;
        if (chunks != null) {
            byte[] array = assembled(path, dataset, chunks, format.bytes());
            return format.read(ByteBuffer.wrap(array), count);
        }
        if (!(dataset instanceof ContiguousDataset contiguous)) {
            throw error(path, "is stored in a way that is not supported, only contiguous arrays and chunks are");
        }
        long address = guard(path, contiguous::getDataAddress);
        if (address == VisitedBytes.UNDEFINED_ADDRESS) {
            throw neverWritten(path);
        }
        requireUntaken(path, address, elements * format.bytes());
        return guard(path, () -> format.read(contiguous.getBuffer(), count));
    }

    private byte[] assembled(String path, Dataset dataset, Chunks chunks, int elementBytes)
            throws ModelFormatException {
        Filters filters = found.filters().getOrDefault(dataset.getAddress(), Filters.NONE);
        if (filters.unsupported() != null) {
            throw error(path, "is stored with the filter " + filters.unsupported()
                    + ", which is not supported, only gzip and shuffle are");
        }
        byte[] array;
        try {
            array = chunkReader.read(chunks, filters, dataset.getDimensions(), elementBytes);
        } catch (ArithmeticException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw error(path, "is damaged: " + Printable.of(e));
        }
        if (array == null) {
            throw neverWritten(path);
        }
        return array;
    }

    private ModelFormatException neverWritten(String path) {
        return error(path, "was never written: the file holds its shape, but no values, or not all of them");
    }

    private FloatFormat format(String path, Dataset dataset) throws ModelFormatException {
        DataType type = guard(path, dataset::getDataType);
        if (bfloat16Objects.contains(dataset.getAddress())
                || (type instanceof OpaqueDataType && type.getSize() == Short.BYTES)) {
            return new FloatFormat(FloatFormat.Layout.BFLOAT16, ByteOrder.LITTLE_ENDIAN);
        }
        if (type instanceof FloatingPoint point) {
            for (FloatFormat.Layout layout : FloatFormat.Layout.values()) {
                if (isOf(layout, point)) {
                    return new FloatFormat(layout, point.getByteOrder());
                }
            }
        }
        throw error(path, "is not of type float32, float16 or bfloat16");
    }

    private static boolean isOf(FloatFormat.Layout layout, FloatingPoint type) {
        int bits = layout.bytes() * Byte.SIZE;
        return type.getSize() == layout.bytes() && type.getBitOffset() == 0 && type.getBitPrecision() == bits
                && type.getSignLocation() == bits - 1 && type.getExponentLocation() == layout.mantissaBits()
                && type.getExponentSize() == bits - 1 - layout.mantissaBits()
                && type.getExponentBias() == layout.exponentBias() && type.getMantissaLocation() == 0
                && type.getMantissaSize() == layout.mantissaBits();
    }

    /** Arrays that share their data would let a small file fill any amount of memory. */
    private void requireUntaken(String path, long from, long bytes) throws ModelFormatException {
        Map.Entry<Long, Long> before = taken.lowerEntry(from + bytes);
        if (before != null && before.getValue() > from) {
            throw error(path, "overlaps another array");
        }
        taken.put(from, from + bytes);
    }

    @Override
    public byte[] text(String path, String attribute) throws ModelFormatException {
        Attribute found = attribute(path, attribute);
        if (found == null) {
            return null;
        }
        List<byte[]> texts = guard(path, () -> found.isScalar() ? texts(found, content.length) : List.<byte[]>of());
        if (texts.size() != 1) {
            throw error(path, "its attribute " + attribute + " is not a text");
        }
        return texts.getFirst();
    }

    @Override
    public List<String> names(String path, String attribute) throws ModelFormatException {
        Attribute found = attribute(path, attribute);
        if (found == null) {
            throw error(path, "has no attribute " + attribute);
        }
        // An empty list has no type in NumPy, and is stored as one of numbers.
        if (guard(path, found::getSize) == 0) {
            return List.of();
        }
        return guard(path, () -> texts(found, MAX_NAME_BYTES).stream()
                .map(text -> new String(text, StandardCharsets.UTF_8)).toList());
    }

    private Attribute attribute(String path, String name) throws ModelFormatException {
        Node group = group(path);
        return guard(path, () -> group.getAttribute(name));
    }

    /**
     * Returns the elements of an attribute, each of which must not be longer than {@code maxBytes}. The library would
     * return them too, but without any bound.
     */
    private List<byte[]> texts(Attribute attribute, int maxBytes) {
        DataType type = attribute.getDataType();
        ByteBuffer elements = attribute.getBuffer().order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> texts = new ArrayList<>();
        while (elements.hasRemaining()) {
            byte[] text;
            if (type instanceof VariableLength variable && variable.isVariableLengthString()) {
                // Length (4), address of the heap (8), number in the heap (4).
                text = heapText(elements.getInt(), elements.getLong(), elements.getInt(), maxBytes);
            } else if (type instanceof StringData && type.getSize() > 0) {
                text = new byte[Math.min(type.getSize(), elements.remaining())];
                elements.get(text);
            } else {
                throw new IllegalArgumentException("not a text");
            }
            texts.add(untilNull(text));
        }
        return texts;
    }

    private byte[] heapText(int length, long heap, int number, int maxBytes) {
        if (length == 0) {
            return new byte[0]; // it has no heap
        }
        if (length < 0 || length > maxBytes) {
            throw new IllegalArgumentException("text of " + Integer.toUnsignedString(length) + " bytes");
        }
        return heaps.text(length, heap, number);
    }

    private static byte[] untilNull(byte[] text) {
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return Arrays.copyOf(text, length);
    }

    private Group group(String path) throws ModelFormatException {
        Group group = root;
        for (String name : path.isEmpty() ? new String[0] : path.split("/", -1)) {
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
        return new ModelFormatException(where + ": " + (path.isEmpty() ? "" : Printable.of(path) + ": ") + problem);
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
            throw new ModelFormatException(where + ": " + (path.isEmpty() ? "" : Printable.of(path) + ": ")
                    + "is not readable HDF5, or is damaged: " + Printable.of(first), e);
        }
    }
}
