package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Random;

import ai.onnx.proto.OnnxMl;
import io.jhdf.HdfFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.fixture.Fixtures;
import dev.gru.kernel.RandomWeights;

/** Where a library is missing that a format needs, classes load, and the user learns what to add. */
class OptionalLibraryTest {
    private static final String KERAS = "keras/gru_default/model.keras";

    private static String failureWithOnly(Class<?> reader, Path file, Class<?>... others) throws Exception {
        URL[] classPath = new URL[1 + others.length];
        classPath[0] = location(reader);
        for (int i = 0; i < others.length; i++) {
            classPath[1 + i] = location(others[i]);
        }
        try (var loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            Method read = loader.loadClass(reader.getName()).getMethod("read", Path.class);
            Throwable thrown = assertThrows(InvocationTargetException.class, () -> read.invoke(null, file)).getCause();
            return assertInstanceOf(IllegalStateException.class, thrown).getMessage();
        }
    }

    private static URL location(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    @Test
    void aKerasFileWithoutJhdfNamesIt() throws Exception {
        String message = failureWithOnly(KerasReader.class, Fixtures.file(KERAS));
        assertTrue(message.contains("needs the library io.jhdf:jhdf"), message);
    }

    @Test
    void aKerasFileWithoutWhatJhdfNeedsNamesBoth() throws Exception {
        String message = failureWithOnly(KerasReader.class, Fixtures.file(KERAS), HdfFile.class);
        assertTrue(message.contains("needs the library io.jhdf:jhdf with its dependencies"), message);
        assertTrue(message.contains("org.slf4j"), message);
    }

    @Test
    void anOnnxFileWithoutItsClassesNamesThem() throws Exception {
        for (Class<?> reader : new Class<?>[]{OnnxReader.class, ModelReader.class}) {
            String message = failureWithOnly(reader, Fixtures.file("onnx/lbr1/model.onnx"));
            assertTrue(message.contains("needs the library org.tribuo:tribuo-util-onnx"), message);
        }
    }

    @Test
    void anOnnxFileWithoutWhatItsClassesNeedNamesBoth() throws Exception {
        String message = failureWithOnly(OnnxReader.class, Fixtures.file("onnx/lbr1/model.onnx"), OnnxMl.class);
        assertTrue(message.contains("needs the library org.tribuo:tribuo-util-onnx with its dependencies"), message);
        assertTrue(message.contains("com.google.protobuf"), message);
    }

    @Test
    void theOwnFormatAndPyTorchNeedNoLibrary(@TempDir Path directory) throws Exception {
        Path saved = directory.resolve("model");
        float[] x = RandomWeights.floats(2 * 3 * 5, new Random(1));
        float[] expected;
        try (GruModel model = GruModel.of(KerasReader.read(Fixtures.file(KERAS)),
                ModelOptions.defaults().withKernel("portable"))) {
            model.save(saved);
            expected = model.predict(2, 3, x);
        }
        URL[] core = {location(GruModel.class)};
        try (var loader = new URLClassLoader(core, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass(GruModel.class.getName());
            Method load = type.getMethod("load", Path.class);
            try (AutoCloseable model = (AutoCloseable) load.invoke(null, saved)) {
                Method predict = type.getMethod("predict", int.class, int.class, float[].class);
                assertArrayEquals(expected, (float[]) predict.invoke(model, 2, 3, x));
            }
            try (AutoCloseable model = (AutoCloseable) load.invoke(null,
                    Fixtures.file("pytorch/gru/model.safetensors"))) {
                assertEquals(12, type.getMethod("outputSize").invoke(model));
            }
            Throwable thrown = assertThrows(InvocationTargetException.class,
                    () -> load.invoke(null, Fixtures.file(KERAS))).getCause();
            assertTrue(thrown.getMessage().contains("needs the library io.jhdf:jhdf"), thrown.getMessage());
        }
    }
}
