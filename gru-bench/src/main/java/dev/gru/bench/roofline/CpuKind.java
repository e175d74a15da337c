package dev.gru.bench.roofline;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The kind of a processor, such as Zen 4, from the numbers that it reports: clouds hide it in names like "AMD EPYC".
 * The numbers are those of the Linux kernel's {@code arch/x86/kernel/cpu/amd.c}, {@code intel-family.h} and
 * {@code arch/arm64/include/asm/cputype.h}.
 */
final class CpuKind {
    /** The first models of each kind, by family; a kind goes on to the next one. */
    private static final Map<Integer, NavigableMap<Integer, String>> AMD = Map.of(
            0x17, kinds(0x00, "Zen", 0x30, "Zen 2", 0x50, "Zen", 0x60, "Zen 2"),
            0x19, kinds(0x00, "Zen 3", 0x10, "Zen 4", 0x20, "Zen 3", 0x60, "Zen 4"),
            0x1a, kinds(0x00, "Zen 5", 0x50, "Zen 6", 0x60, "Zen 5", 0x80, "Zen 6"));

    private static final Map<Integer, String> INTEL = Map.ofEntries(Map.entry(0x3f, "Haswell"),
            Map.entry(0x4f, "Broadwell"), Map.entry(0x55, "Skylake or Cascade Lake"), Map.entry(0x5e, "Skylake"),
            Map.entry(0x6a, "Ice Lake"), Map.entry(0x6c, "Ice Lake"), Map.entry(0x7e, "Ice Lake"),
            Map.entry(0x8c, "Tiger Lake"), Map.entry(0x8f, "Sapphire Rapids"), Map.entry(0x97, "Alder Lake"),
            Map.entry(0x9a, "Alder Lake"), Map.entry(0xaa, "Meteor Lake"), Map.entry(0xad, "Granite Rapids"),
            Map.entry(0xaf, "Sierra Forest"), Map.entry(0xb7, "Raptor Lake"), Map.entry(0xba, "Raptor Lake"),
            Map.entry(0xbd, "Lunar Lake"), Map.entry(0xbf, "Raptor Lake"), Map.entry(0xc6, "Arrow Lake"),
            Map.entry(0xcf, "Emerald Rapids"));

    private static final Map<Integer, String> ARM = Map.of(0xd07, "Cortex-A57", 0xd08, "Cortex-A72", 0xd0b,
            "Cortex-A76", 0xd0c, "Neoverse N1", 0xd40, "Neoverse V1", 0xd49, "Neoverse N2", 0xd4f, "Neoverse V2", 0xd83,
            "Neoverse V3", 0xd8e, "Neoverse N3");

    private CpuKind() {
    }

    private static NavigableMap<Integer, String> kinds(Object... firstsAndNames) {
        NavigableMap<Integer, String> kinds = new TreeMap<>();
        for (int i = 0; i < firstsAndNames.length; i += 2) {
            kinds.put((Integer) firstsAndNames[i], (String) firstsAndNames[i + 1]);
        }
        return kinds;
    }

    /**
     * Returns what a processor is: its model name and its kind, as far as they are known.
     *
     * @param cpuInfo the lines of {@code /proc/cpuinfo}
     */
    static Optional<String> describe(List<String> cpuInfo) {
        Optional<String> name = value(cpuInfo, "model name");
        Optional<String> kind = kind(cpuInfo);
        return name.isEmpty() ? kind : name.map(known -> known + kind.map(of -> " (" + of + ")").orElse(""));
    }

    private static Optional<String> kind(List<String> cpuInfo) {
        int family = number(cpuInfo, "cpu family");
        int model = number(cpuInfo, "model");
        return switch (value(cpuInfo, "vendor_id").orElse("")) {
            case "AuthenticAMD" -> Optional.ofNullable(AMD.get(family)).map(kinds -> kinds.floorEntry(model))
                    .map(Map.Entry::getValue);
            case "GenuineIntel" -> family == 6 ? Optional.ofNullable(INTEL.get(model)) : Optional.empty();
            default -> number(cpuInfo, "CPU implementer") == 0x41
                    ? Optional.ofNullable(ARM.get(number(cpuInfo, "CPU part")))
                    : Optional.empty();
        };
    }

    private static int number(List<String> cpuInfo, String key) {
        try {
            return value(cpuInfo, key).map(Integer::decode).orElse(-1);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static Optional<String> value(List<String> cpuInfo, String key) {
        return cpuInfo.stream()
                .filter(line -> line.contains(":") && line.substring(0, line.indexOf(':')).strip().equals(key))
                .findFirst().map(line -> line.substring(line.indexOf(':') + 1).strip());
    }
}
