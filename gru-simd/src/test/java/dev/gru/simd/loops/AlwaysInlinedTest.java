package dev.gru.simd.loops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.simd.generator.KernelGenerator;

/**
 * A call that C2 does not inline into a kernel makes an object of every vector or segment that goes through it. Whether
 * it inlines a method depends on what it saw of it before, and so on the order in which a JVM happened to compile,
 * unless the JDK says that the method always is. Kernels call only such methods.
 */
class AlwaysInlinedTest {
    /** They return a constant, or a field: less code than a call, so C2 inlines them whatever it saw. */
    private static final Set<String> TRIVIAL = Set.of("MemorySegment.isNative", "ByteOrder.nativeOrder");

    static Stream<String> kernels() throws IOException {
        return KernelGenerator.sources().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aKernelCallsOnlyMethodsThatAreAlwaysInlined(String name) throws ReflectiveOperationException, IOException {
        Class<?> kernel = Class.forName(Lanes.class.getPackageName() + "." + name.replace('/', '.'));
        Set<String> seen = new TreeSet<>();
        Set<String> others = new TreeSet<>();
        boolean choosesOnly = false;
        for (InvokeInstruction call : calls(kernel)) {
            Class<?> owner = resolve(kernel, call.owner().asSymbol());
            String called = owner.getSimpleName() + "." + call.name();
            // Constructors are those of exceptions, for what never happens.
            if (owner.getPackage() == kernel.getPackage() || call.opcode() == Opcode.INVOKESPECIAL) {
                choosesOnly |= owner != kernel && owner != Lanes.class;
                continue;
            }
            seen.add(called);
            Class<?>[] parameters = call.typeSymbol().parameterList().stream().map(type -> resolve(kernel, type))
                    .toArray(Class<?>[]::new);
            if (!TRIVIAL.contains(called) && !isForced(called(owner, call.name().stringValue(), parameters))) {
                others.add(called + Arrays.toString(parameters));
            }
        }
        // Some only choose among others of their package.
        assertTrue(choosesOnly || seen.stream().anyMatch(one -> one.startsWith("FloatVector.")), seen::toString);
        assertEquals(Set.of(), others);
    }

    private static List<InvokeInstruction> calls(Class<?> kernel) throws IOException {
        try (InputStream in = kernel.getResourceAsStream(kernel.getSimpleName() + ".class")) {
            return ClassFile.of().parse(in.readAllBytes()).methods().stream()
                    .filter(method -> !method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME))
                    .flatMap(method -> method.code().stream()).flatMap(code -> code.elementStream())
                    .flatMap(element -> element instanceof InvokeInstruction call ? Stream.of(call) : Stream.empty())
                    .toList();
        }
    }

    private static Class<?> resolve(Class<?> kernel, ClassDesc type) {
        try {
            return type.resolveConstantDesc(MethodHandles.privateLookupIn(kernel, MethodHandles.lookup()));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /** The method itself, or what a vector of this machine has for it. */
    private static Method called(Class<?> owner, String name, Class<?>[] parameters) throws NoSuchMethodException {
        Method method = owner.getMethod(name, parameters);
        if (!Modifier.isAbstract(method.getModifiers())) {
            return method;
        }
        Object vector = owner.getSimpleName().startsWith("Int") ? Lanes.INT_SPECIES.zero() : Lanes.SPECIES.zero();
        return Stream.of(vector.getClass().getDeclaredMethods())
                .filter(one -> one.getName().equals(name) && !one.isBridge()
                        && Arrays.equals(one.getParameterTypes(), parameters))
                .findFirst().orElse(method);
    }

    private static boolean isForced(Method method) {
        return Stream.of(method.getDeclaredAnnotations())
                .anyMatch(annotation -> annotation.annotationType().getSimpleName().equals("ForceInline"));
    }
}
