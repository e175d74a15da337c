package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.ModelOptions;
import dev.gru.internal.Shapes;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.math.Exponential;
import dev.gru.kernel.training.TrainingKernel;

/** As named modules, core and simd resolve, stay closed where they should, and find each other. */
class ModulePathTest {

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static ModuleLayer layer() throws Exception {
        ModuleFinder finder = ModuleFinder.of(location(GruKernel.class), location(SimdGruKernel.class));
        ModuleLayer boot = ModuleLayer.boot();
        // Only core is asked for: simd has to come in as the provider of a service that core uses.
        Configuration modules = boot.configuration().resolveAndBind(finder, ModuleFinder.of(), Set.of("dev.gru.core"));
        return boot.defineModulesWithOneLoader(modules, ClassLoader.getPlatformClassLoader());
    }

    @Test
    void theServiceBindsSimdToCore() throws Exception {
        Class<?> options = layer().findLoader("dev.gru.core").loadClass(ModelOptions.class.getName());
        Object defaults = options.getMethod("defaults").invoke(null);
        assertEquals("simd", options.getMethod("kernel").invoke(defaults));
    }

    @ParameterizedTest
    @ValueSource(classes = {GruKernel.class, TrainingKernel.class, Exponential.class, Shapes.class})
    void whatKernelsNeedIsExportedToSimdAlone(Class<?> type) throws Exception {
        ModuleLayer layer = layer();
        Module core = layer.findModule("dev.gru.core").orElseThrow();
        assertTrue(core.isExported(type.getPackageName(), layer.findModule("dev.gru.simd").orElseThrow()));
        assertFalse(core.isExported(type.getPackageName()));
    }

    @Test
    void simdExportsNothing() throws Exception {
        assertTrue(layer().findModule("dev.gru.simd").orElseThrow().getDescriptor().exports().isEmpty());
    }
}
