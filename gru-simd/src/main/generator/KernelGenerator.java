import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the straight-line kernels of gru-simd: the build runs it before it compiles.
 *
 * <p>Why they are generated: C2 keeps vectors in registers only if they are local variables of one method, used in calls
 * of the Vector API alone. A helper method that takes or returns a vector is not always inlined, and a vector that
 * crosses a call lives on the heap: the loop is then ten times slower. So every kernel is one long method, in which the
 * same lines come again and again. Here each such line stands once.
 *
 * <p>What is written: {@code Fp32Loops} and {@code Bf16Loops}, the matrix products for weights of either precision
 * ({@link Products}), and {@code ActivationLoops} and {@code GateLoops}, the element-wise rest ({@link Elements});
 * {@code TrainingLoops} and {@code TrainingGateLoops}, both again for training ({@link TrainingProducts},
 * {@link TrainingElements}).
 *
 * <p><b>To add a tile</b>, add a line to the table of {@link Products} or {@link TrainingProducts}; nothing else knows how
 * many there are. To add a width of panel, add it to {@link Products#panels}.
 */
public final class KernelGenerator {

    private KernelGenerator() {
    }

    /**
     * Writes all classes.
     *
     * @param args the folder for the generated sources
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0], "dev", "gru", "simd");
        Files.createDirectories(folder);
        write(folder, "Fp32Loops", new Products(false).source());
        write(folder, "Bf16Loops", new Products(true).source());
        write(folder, "ActivationLoops", Elements.activationLoops());
        write(folder, "GateLoops", Elements.gateLoops());
        write(folder, "TrainingLoops", TrainingProducts.source());
        write(folder, "TrainingGateLoops", TrainingElements.source());
    }

    /** Leaves a file alone that is as it should be, so that nothing is compiled again for it. */
    private static void write(Path folder, String name, String source) throws IOException {
        Path file = folder.resolve(name + ".java");
        if (!Files.exists(file) || !Files.readString(file).equals(source)) {
            Files.writeString(file, source);
        }
    }
}
