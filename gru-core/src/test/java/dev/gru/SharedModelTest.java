package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.format.file.ModelFormatException;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** A handle that is sent anywhere is the same model there, loaded once. */
class SharedModelTest {
    private static final ModelOptions SCALAR = ModelOptions.defaults().withKernel(Models.SCALAR);

    @TempDir
    Path folder;

    private final GruModel model = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, true));
    private final SharedModel shared = SharedModel.of(model.toBytes(), SCALAR);

    @AfterEach
    void release() {
        shared.release();
    }

    @SuppressWarnings("unchecked")
    private static <T> T sent(T object) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }

    @Test
    void theBytesOfAModelAreThoseOfItsFile() throws IOException {
        Path file = folder.resolve("m.safetensors");
        model.save(file);
        assertArrayEquals(Files.readAllBytes(file), model.toBytes());
        assertEquals(model.fingerprint(), GruModel.load("m", model.toBytes(), SCALAR).fingerprint());
        assertEquals(shared.get().fingerprint(), SharedModel.load(file, SCALAR).get().fingerprint());
    }

    @Test
    void handlesOfTheSameContentAndOptionsShareOneModel() throws Exception {
        GruModel loaded = shared.get();
        assertEquals(model.fingerprint(), loaded.fingerprint());
        assertSame(loaded, sent(shared).get());
        assertSame(loaded, sent(sent(shared)).get());
        assertSame(loaded, SharedModel.of(model.toBytes(), SCALAR).get());
        SharedModel rounded = SharedModel.of(model.toBytes(), SCALAR.withPrecision(Precision.BF16));
        assertNotSame(loaded, rounded.get());
        rounded.release();
        SharedModel other = SharedModel.of(
                Models.scalar(Models.tokens(GruVariant.RESET_BEFORE, true, true)).toBytes(), SCALAR);
        assertNotSame(loaded, other.get());
        other.release();
    }

    @Test
    void threadsThatAskAtTheSameTimeGetOneModel() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<GruModel>> all = threads.invokeAll(Collections
                    .<Callable<GruModel>>nCopies(32, () -> sent(shared).withWarmUp(Duration.ofMillis(20)).get()));
            Set<GruModel> different = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Future<GruModel> one : all) {
                different.add(one.get());
            }
            assertEquals(1, different.size());
        }
    }

    @Test
    void aModelThatIsReleasedIsClosedAndLoadedAgainWhenAskedFor() {
        GruModel loaded = shared.get();
        GruSession session = loaded.newSession();
        shared.release();
        assertThrows(IllegalStateException.class, () -> session.step(1, new float[6]));
        shared.release();
        assertNotSame(loaded, shared.get());
        shared.get().newSession().step(1, new float[6]);
    }

    @Test
    void contentThatIsNoModelIsRefusedWhenItIsAskedFor() throws Exception {
        byte[] damaged = model.toBytes();
        damaged[damaged.length / 2] ^= 1;
        SharedModel handle = sent(SharedModel.of(damaged, SCALAR));
        for (int i = 0; i < 2; i++) {
            UncheckedIOException refusal = assertThrows(UncheckedIOException.class, handle::get);
            assertInstanceOf(ModelFormatException.class, refusal.getCause());
            assertTrue(refusal.getCause().getMessage().startsWith("the shared model: "), refusal::toString);
        }
        handle.release();
        damaged = model.toBytes();
        SharedModel copied = SharedModel.of(damaged, SCALAR);
        damaged[damaged.length / 2] ^= 1;
        assertSame(shared.get(), copied.get());
    }

    @Test
    void optionsAreSentWithAllTheyHold() throws Exception {
        for (ModelOptions options : List.of(ModelOptions.defaults(), SCALAR,
                ModelOptions.defaults().withKernel("portable").withPrecision(Precision.BF16).withGateTables(1 << 20)
                        .withThreads(3).withoutLayers())) {
            assertEquals(options.toString(), sent(options).toString());
        }
    }
}
