package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Dense;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** What a {@link GruModel} tells of itself, what {@code predict} refuses, and what is left when it is closed. */
class GruModelTest {
    private final Graph tokenLayers = Models.tokens(GruVariant.RESET_AFTER, true, true);
    private final Graph featureLayers = Models.features(GruVariant.RESET_AFTER, false);

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static void assertClosed(Executable call) {
        assertEquals("the model is closed", assertThrows(IllegalStateException.class, call).getMessage());
    }

    @Test
    void aModelTellsWhatItTakesAndGives() {
        GruModel tokens = Models.scalar(tokenLayers);
        assertTrue(tokens.takesTokens());
        assertEquals(1, tokens.inputSize());
        assertEquals(6, tokens.outputSize());
        assertTrue(tokens.returnsSequences());
        assertSame(tokenLayers, tokens.layers());
        assertSame(Models.SCALAR, tokens.kernel());

        GruModel features = Models.scalar(featureLayers);
        assertFalse(features.takesTokens());
        assertEquals(Models.FEATURES, features.inputSize());
        assertEquals(2, features.outputSize());
        assertFalse(features.returnsSequences());
    }

    @Test
    void warmingUpEndsByItselfOrAtItsLimitAndLeavesSessionsAlone() {
        for (Graph layers : List.of(tokenLayers, featureLayers)) {
            GruModel model = Models.scalar(layers);
            Duration cut = model.warmUp(Duration.ZERO);
            assertTrue(cut.isPositive());
            assertTrue(model.warmUp().compareTo(cut) > 0);
        }
        GruModel model = Models.scalar(featureLayers);
        GruSession session = model.newSession();
        float[] y = new float[model.outputSize()];
        session.step(new float[]{1, 2, 3}, y);
        model.warmUp(Duration.ZERO);
        session.step(new float[]{4, 5, 6}, y);
        assertArrayEquals(model.predict(1, 2, new float[]{1, 2, 3, 4, 5, 6}), y);
        model.close();
        assertClosed(() -> model.warmUp(Duration.ZERO));
        assertClosed(model::warmUp);
    }

    @Test
    void predictRefusesWhatDoesNotFitByName() {
        GruModel tokens = Models.scalar(tokenLayers);
        assertRefused("batch must be at least 1, was 0", () -> tokens.predict(0, 2, new int[0]));
        assertRefused("steps must be at least 1, was 0", () -> tokens.predict(2, 0, new int[0]));
        assertRefused("tokens must have batch × steps = 6 elements, had 5", () -> tokens.predict(2, 3, new int[5]));
        assertRefused("tokens must have batch × steps = 6 elements, had 7", () -> tokens.predict(2, 3, new int[7]));
        assertRefused("tokens must have batch × steps = 4611686014132420609 elements, had 0",
                () -> tokens.predict(Integer.MAX_VALUE, Integer.MAX_VALUE, new int[0]));
        assertRefused("token must be from 0 to 6, was 7", () -> tokens.predict(1, 3, new int[]{1, 2, 7}));

        GruModel features = Models.scalar(featureLayers);
        assertRefused("batch must be at least 1, was -1", () -> features.predict(-1, 2, new float[0]));
        assertRefused("x must have batch × steps × inputSize = 18 elements, had 17",
                () -> features.predict(2, 3, new float[17]));
    }

    @Test
    void moreOutputsThanAnArrayHoldsAreRefused() {
        Graph wide = new Sequential(
                List.of(new Dense("wide", RandomWeights.dense(1, 4096, Activation.LINEAR, 1))));
        assertRefused("batch × steps × outputSize = 2147483648 outputs are more than an array holds;"
                + " run fewer sequences at a time",
                () -> Models.scalar(wide).predict(1024, 512, new float[1 << 19]));
    }

    @Test
    void aClosedModelRunsNothing() {
        GruModel tokens = Models.scalar(tokenLayers);
        GruSession tokenSession = tokens.newSession();
        GruGroup tokenGroup = tokens.newGroup();
        tokenGroup.add();
        GruModel features = Models.scalar(featureLayers);
        GruSession featureSession = features.newSession();
        tokens.close();
        features.close();
        float[] y = new float[12];
        assertClosed(() -> tokenSession.step(1, y));
        assertClosed(() -> tokenSession.sequence(1, new int[1], y));
        assertClosed(() -> tokenSession.sequence(0, new int[0], y));
        assertClosed(tokenSession::reset);
        assertClosed(tokenSession::snapshot);
        assertClosed(() -> tokenSession.snapshot(ByteBuffer.allocate(1000)));
        assertClosed(() -> tokenSession.restore(new byte[0]));
        assertClosed(() -> tokenSession.restore(ByteBuffer.allocate(0)));
        assertClosed(() -> tokenSession.step(1, MemorySegment.ofArray(y)));
        assertClosed(tokens::newGroup);
        assertClosed(tokenGroup::add);
        assertClosed(() -> tokenGroup.step(1, new int[1], new int[1], y));
        assertClosed(() -> tokenGroup.remove(0));
        assertClosed(() -> tokenGroup.reset(0));
        assertClosed(() -> tokenGroup.snapshot(0));
        assertClosed(() -> tokenGroup.snapshot(0, ByteBuffer.allocate(1000)));
        assertClosed(() -> tokenGroup.restore(0, new byte[0]));
        assertClosed(() -> tokenGroup.restore(0, ByteBuffer.allocate(0)));
        assertClosed(tokens::newSession);
        assertClosed(() -> tokens.predict(1, 1, new int[1]));
        assertClosed(() -> featureSession.step(new float[3], y));
        assertClosed(() -> featureSession.sequence(1, new float[3], y));
        assertClosed(features::newSession);
        assertClosed(() -> features.predict(1, 1, new float[3]));
    }

    @Test
    void closingTwiceIsFine() {
        GruModel model = Models.scalar(tokenLayers);
        model.close();
        model.close();
        assertClosed(model::newSession);
    }

    @Test
    void closingOneModelLeavesAnotherOfTheSameLayersOpen() {
        GruModel other = Models.scalar(tokenLayers);
        Models.scalar(tokenLayers).close();
        assertEquals(6, other.predict(1, 1, new int[1]).length);
    }

    @Test
    void theMemoryOfAModelIsOpenToAllThreadsUntilItIsClosed() throws InterruptedException {
        ScalarInDisguise kernel = new ScalarInDisguise(() -> {
        });
        GruModel model = GruModel.of(tokenLayers, ModelOptions.defaults().onKernel(kernel));
        MemorySegment segment = kernel.arena().allocate(64);
        boolean[] accessible = new boolean[1];
        Thread.ofPlatform().start(() -> accessible[0] = segment.isAccessibleBy(Thread.currentThread())).join();
        assertTrue(accessible[0]);
        assertTrue(segment.scope().isAlive());
        model.close();
        assertFalse(segment.scope().isAlive());
    }

    @Test
    void nativeMemoryIsCountedAndGoneAfterClosing() {
        ScalarInDisguise kernel = new ScalarInDisguise(() -> {
        });
        GruModel model = GruModel.of(tokenLayers, ModelOptions.defaults().onKernel(kernel));
        assertEquals(0, model.nativeBytes());
        kernel.arena().allocate(64);
        kernel.arena().allocate(100, 8);
        assertEquals(164, model.nativeBytes());
        model.close();
        assertEquals(0, model.nativeBytes());
        assertThrows(IllegalStateException.class, () -> kernel.arena().allocate(1));
        assertEquals(0, model.nativeBytes());
    }

    @Test
    void aCallInWhoseMiddleTheModelIsClosedEndsAsUsualAndGivesTheMemoryBack() {
        GruModel[] model = new GruModel[1];
        ScalarInDisguise kernel = new ScalarInDisguise(null);
        kernel.setBefore(() -> {
            model[0].close();
            kernel.arena().allocate(1);
        });
        float[] y = new float[12];
        for (int call = 0; call < 4; call++) {
            model[0] = GruModel.of(tokenLayers, ModelOptions.defaults().onKernel(kernel));
            GruSession session = model[0].newSession();
            GruGroup group = model[0].newGroup();
            group.add();
            switch (call) {
                case 0 -> session.step(1, y);
                case 1 -> session.sequence(2, new int[2], y);
                case 2 -> group.step(1, new int[1], new int[]{1}, y);
                default -> model[0].predict(1, 1, new int[]{1});
            }
            assertFalse(kernel.arena().scope().isAlive());
            assertEquals(0, model[0].nativeBytes());
            assertClosed(() -> session.step(1, y));
            assertClosed(session::reset);
        }
    }

    @Test
    void aCallThatFailsAfterTheModelWasClosedGivesTheMemoryBack() {
        GruModel[] model = new GruModel[1];
        ScalarInDisguise kernel = new ScalarInDisguise(() -> {
            model[0].close();
            throw new ArithmeticException("by the test");
        });
        float[] y = new float[12];
        for (int call = 0; call < 3; call++) {
            model[0] = GruModel.of(tokenLayers, ModelOptions.defaults().onKernel(kernel));
            GruSession session = model[0].newSession();
            GruGroup group = model[0].newGroup();
            group.add();
            assertThrows(ArithmeticException.class, switch (call) {
                case 0 -> () -> session.step(1, y);
                case 1 -> () -> group.step(1, new int[1], new int[]{1}, y);
                default -> () -> model[0].predict(1, 1, new int[]{1});
            });
            assertFalse(kernel.arena().scope().isAlive());
            assertClosed(() -> session.step(1, y));
        }
    }

    private static List<WeakReference<?>> forgotten(GruModel model) {
        GruSession session = model.newSession();
        session.step(new float[3], new float[2]);
        GruGroup group = model.newGroup();
        group.step(1, new int[]{group.add()}, new float[3], new float[2]);
        return List.of(new WeakReference<>(session), new WeakReference<>(group));
    }

    @Test
    @Timeout(60)
    void sessionsAndGroupsThatAreForgottenAreCollectedWhileTheirModelIsNot() throws InterruptedException {
        GruModel model = Models.scalar(featureLayers);
        List<WeakReference<?>> forgotten = forgotten(model);
        while (forgotten.stream().anyMatch(reference -> reference.get() != null)) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(2, model.predict(1, 1, new float[3]).length);
    }

    private static MemorySegment.Scope scopeOfAForgottenModel(Graph layers) {
        ScalarInDisguise kernel = new ScalarInDisguise(() -> {
        });
        GruModel model = GruModel.of(layers, ModelOptions.defaults().onKernel(kernel));
        forgotten(model);
        return kernel.arena().scope();
    }

    @Test
    @Timeout(60)
    void theMemoryOfAForgottenModelGoesBack() throws InterruptedException {
        MemorySegment.Scope scope = scopeOfAForgottenModel(featureLayers);
        while (scope.isAlive()) {
            System.gc();
            Thread.sleep(10);
        }
    }
}
