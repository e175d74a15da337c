package dev.gru.bench;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.Test;

import dev.gru.GruModel;

/**
 * The house keeps its order: packages point downward only, classes stand in no circle, and no room outgrows its walls.
 * Read from the compiled classes and the sources of all modules.
 */
class ArchitectureTest {
    private static final String ROOT = "dev.gru";
    /** 55, and a type for each family of layers around a GRU and for the graph that joins them. */
    private static final int MAX_EXPORTED_TYPES = 68;
    private static final int MAX_TYPES_OF_THE_ROOT = 12;
    private static final int MAX_FILES = 30;
    private static final int MAX_LINES = 400;
    private static final int MAX_COLUMNS = 120;

    /** The packages of gru-core from the ground up: each may use those before it only. */
    private static final List<String> FLOORS = List.of("internal", "weights", "kernel.math", "kernel.training",
            "kernel", "layer",
            "engine.stage", "engine",
            "format.file", "format.shared", "format.json", "format.hdf5", "format.safetensors", "format.pytorch",
            "format.keras.variables", "format.keras.forms", "format.keras",
            "format.onnx.proto", "format.onnx.value", "format.onnx.loop", "format.onnx.pattern", "format.onnx.stage",
            "format.onnx", "format", "",
            "train.math", "train.network", "train.optimizer", "train.reference", "train");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("jmh_generated")).importPackages(ROOT);

    private static SliceAssignment assignment(String what, Function<JavaClass, String> slice) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                return javaClass.getPackageName().startsWith(ROOT)
                        ? SliceIdentifier.of(slice.apply(javaClass))
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return what;
            }
        };
    }

    private static JavaClass topLevel(JavaClass javaClass) {
        JavaClass outer = javaClass;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }

    /**
     * For each top-level class, the one that stands for its family: a sealed type with its subtypes, a class and its
     * builder.
     */
    private static Map<String, String> families() {
        Map<String, String> parents = new HashMap<>();
        for (JavaClass javaClass : CLASSES) {
            Class<?>[] permitted = javaClass.reflect().getPermittedSubclasses();
            if (permitted != null) {
                for (Class<?> subtype : permitted) {
                    unite(parents, topLevel(javaClass).getName(), topLevel(CLASSES.get(subtype)).getName());
                }
            }
            String built = javaClass.getName().replaceFirst("Builder$", "");
            if (!built.equals(javaClass.getName()) && CLASSES.contain(built)) {
                unite(parents, topLevel(CLASSES.get(built)).getName(), topLevel(javaClass).getName());
            }
        }
        return parents;
    }

    private static String find(Map<String, String> parents, String name) {
        String parent = parents.get(name);
        return parent == null ? name : find(parents, parent);
    }

    private static void unite(Map<String, String> parents, String a, String b) {
        String rootOfA = find(parents, a);
        String rootOfB = find(parents, b);
        if (!rootOfA.equals(rootOfB)) {
            parents.put(rootOfB, rootOfA);
        }
    }

    @Test
    void packagesAreFreeOfCircles() {
        slices().assignedFrom(assignment("packages", JavaClass::getPackageName)).should().beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void classesAreFreeOfCirclesOutsideSealedFamiliesAndBuilders() {
        Map<String, String> families = families();
        slices().assignedFrom(assignment("classes", type -> find(families, topLevel(type).getName()))).should()
                .beFreeOfCycles().check(CLASSES);
    }

    @Test
    void packagesOfTheCoreUseThoseBelowThemOnly() {
        Map<String, Integer> floors = new HashMap<>();
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            floors.put(FLOORS.get(floor).isEmpty() ? ROOT : ROOT + "." + FLOORS.get(floor), floor);
        }
        Path core = moduleOf(GruModel.class);
        Set<String> wrong = new TreeSet<>();
        for (JavaClass javaClass : CLASSES) {
            if (!moduleOf(javaClass.reflect()).equals(core)) {
                continue;
            }
            Integer floor = floors.get(javaClass.getPackageName());
            if (floor == null) {
                wrong.add(javaClass.getPackageName() + " has no floor");
                continue;
            }
            for (Dependency dependency : javaClass.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (target.startsWith(ROOT) && floors.getOrDefault(target, Integer.MAX_VALUE) > floor) {
                    wrong.add(javaClass.getName() + " uses " + dependency.getTargetClass().getName() + " above it");
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    private static Path moduleOf(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    private static ModuleDescriptor descriptor(Class<?> type) {
        try (InputStream in = type.getClassLoader().resources("module-info.class")
                .filter(url -> url.toString().contains(moduleOf(type).toString())).findFirst().orElseThrow()
                .openStream()) {
            return ModuleDescriptor.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void exportedPublicTypesAreFew() {
        Set<String> exported = descriptor(GruModel.class).exports().stream().filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source).collect(Collectors.toSet());
        List<String> types = CLASSES.stream()
                .filter(type -> exported.contains(type.getPackageName()) && type.isTopLevelClass()
                        && type.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC))
                .map(JavaClass::getName).sorted().toList();
        assertTrue(types.size() <= MAX_EXPORTED_TYPES, () -> types.size() + " exported public types: " + types);
    }

    @Test
    void theRootPackageHoldsFewTypes() {
        List<String> types = CLASSES.stream()
                .filter(type -> type.getPackageName().equals(ROOT) && type.isTopLevelClass())
                .map(JavaClass::getSimpleName).filter(name -> !name.equals("package-info")).sorted().toList();
        assertTrue(types.size() <= MAX_TYPES_OF_THE_ROOT, () -> types.size() + " types: " + types);
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("gru-core", "gru-simd", "gru-bench")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        assertTrue(sources.size() > 100, "sources are looked for from the folder of a module");
        return sources;
    }

    @Test
    void noFolderHoldsTooManyFiles() throws IOException {
        Map<Path, Long> folders = sources().stream()
                .collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
        assertEquals(Map.of(), new TreeMap<>(folders.entrySet().stream().filter(folder -> folder.getValue() > MAX_FILES)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))));
    }

    @Test
    void noClassIsTooLong() throws IOException {
        Map<Path, Integer> tooLong = new TreeMap<>();
        for (Path source : sources()) {
            int lines = Files.readAllLines(source).size();
            if (lines > MAX_LINES) {
                tooLong.put(source, lines);
            }
        }
        assertEquals(Map.of(), tooLong);
    }

    /** Javadoc too, which the formatter does not lay out. Tests have tables of text that is as long as it is. */
    @Test
    void noLineOfTheMainSourcesIsTooLong() throws IOException {
        Set<String> tooLong = new TreeSet<>();
        for (Path source : sources()) {
            if (source.toString().contains(File.separator + "test" + File.separator)) {
                continue;
            }
            List<String> lines = Files.readAllLines(source);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).codePointCount(0, lines.get(i).length()) > MAX_COLUMNS) {
                    tooLong.add(source + ":" + (i + 1));
                }
            }
        }
        assertEquals(Set.of(), tooLong);
    }
}
