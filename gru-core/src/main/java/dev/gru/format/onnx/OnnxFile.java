package dev.gru.format.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.gru.format.OnnxReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.ExternalData;
import dev.gru.format.onnx.proto.Model;
import dev.gru.format.onnx.proto.ProtoReader;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.shared.HeldFile;
import dev.gru.format.shared.OptionalLibrary;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;

/** Reads ONNX files, once they are opened: what {@link OnnxReader} offers to users. */
public final class OnnxFile {
    /** Of all weights together; as many bytes as any file may take. */
    private static final long MAX_ZEROS = 1 << 21;

    private OnnxFile() {
    }

    /**
     * Reads an opened file.
     *
     * @param arrays arrays by name
     * @param onlyWeights whether an array is used only where a node of the graph takes weights from an input of that
     *     name; otherwise all are constants, and must have names of inputs
     */
    public static Graph read(HeldFile file, Map<String, dev.gru.layer.Tensor> arrays, boolean onlyWeights)
            throws IOException {
        return read(file.where(), file.folder().orElse(null), file.readAll(), arrays, onlyWeights);
    }

    /**
     * Reads an opened file with zeros for weights that are inputs of the graph, to see what is in it.
     *
     * @throws ModelFormatException if these are larger than the file justifies, or not supported
     */
    public static Graph readStructure(HeldFile file) throws IOException {
        try (ExternalData external = new ExternalData(file.folder().orElse(null))) {
            Model model = ProtoReader.read(file.where(), file.readAll(), external);
            Map<String, Tensor> zeros = new HashMap<>();
            long left = MAX_ZEROS;
            for (Model.Input input : model.inputs()) {
                long elements = input.elements() == Model.Elements.FLOATS ? elements(input, left) : 0;
                if (elements > 0) {
                    left -= elements;
                    zeros.put(input.name(), Tensor.of(new float[(int) elements],
                            input.sizes().stream().mapToInt(Long::intValue).toArray()));
                }
            }
            return new Interpretation(model, zeros, true).build();
        } catch (NoClassDefFoundError e) {
            throw OptionalLibrary.TRIBUO_ONNX.missing("reading " + file.where(), e);
        }
    }

    /** Returns how many elements an input has, or 0 if the file does not say it, or if there are more than a limit. */
    private static long elements(Model.Input input, long limit) {
        long elements = input.sizes() == null ? 0 : 1;
        for (long size : input.sizes() == null ? List.<Long>of() : input.sizes()) {
            if (size < 1 || size > limit / Math.max(elements, 1)) {
                return 0;
            }
            elements *= size;
        }
        return elements;
    }

    /**
     * Reads the content of a file.
     *
     * @param where what messages call the file
     * @param folder where the files are that hold data beside it, or null if that is not known
     * @param content all of it
     * @param arrays arrays by name
     * @param onlyWeights as above
     */
    public static Graph read(String where, Path folder, byte[] content,
            Map<String, dev.gru.layer.Tensor> arrays, boolean onlyWeights) throws IOException {
        try (ExternalData external = new ExternalData(folder)) {
            return read(ProtoReader.read(where, content, external), arrays, onlyWeights);
        } catch (NoClassDefFoundError e) {
            throw OptionalLibrary.TRIBUO_ONNX.missing("reading " + where, e);
        }
    }

    private static Graph read(Model model, Map<String, dev.gru.layer.Tensor> arrays, boolean onlyWeights)
            throws ModelFormatException {
        Map<String, Tensor> given = new HashMap<>();
        Set<String> names = model.inputs().stream().map(Model.Input::name).collect(Collectors.toSet());
        for (Map.Entry<String, dev.gru.layer.Tensor> entry : arrays.entrySet()) {
            if (!names.contains(entry.getKey())) {
                if (onlyWeights) {
                    continue;
                }
                throw new IllegalArgumentException("weights must have names of inputs of the graph, "
                        + model.inputs().stream().map(Model.Input::name).map(Printable::quoted)
                                .collect(Collectors.joining(", "))
                        + ", had " + Printable.quoted(entry.getKey()));
            }
            given.put(entry.getKey(), tensor(entry.getValue()));
        }
        return new Interpretation(model, given, onlyWeights).build();
    }

    private static Tensor tensor(dev.gru.layer.Tensor tensor) {
        if (!tensor.isInts()) {
            return Tensor.of(tensor.floats(), tensor.shape());
        }
        long[] longs = new long[tensor.ints().length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = tensor.ints()[i];
        }
        return Tensor.of(longs, tensor.shape());
    }

    /**
     * Returns whether a file may be an ONNX file. The format has no mark of its own, but writers put the version first,
     * a small number, and then the producer, the operators' versions or the graph; no other format here begins like
     * that.
     *
     * @param head the first bytes of the file, three or more
     */
    public static boolean mayBeOnnx(byte[] head) {
        int versionField = 1 << 3;
        int maxVersion = 127;
        int lengthDelimited = 2;
        int metadataField = 14;
        return head.length >= 3 && head[0] == versionField && head[1] > 0 && head[1] <= maxVersion
                && (head[2] & 7) <= lengthDelimited && head[2] >>> 3 > 1 && head[2] >>> 3 <= metadataField;
    }
}
